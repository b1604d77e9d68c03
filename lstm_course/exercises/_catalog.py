"""All exercises of the book by label, in the order of the chapters."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import lstm_course.exercises.chapter01_layer as chapter01_layer
import lstm_course.exercises.chapter01_network as chapter01_network
import lstm_course.exercises.chapter01_numerical as chapter01_numerical
import lstm_course.exercises.chapter01_warmups as chapter01_warmups
import lstm_course.exercises.chapter02_chain as chapter02_chain
import lstm_course.exercises.chapter02_layers as chapter02_layers
import lstm_course.exercises.chapter10_backward as chapter10_backward
import lstm_course.exercises.chapter10_derivatives as chapter10_derivatives
import lstm_course.exercises.chapter10_truncation as chapter10_truncation
import lstm_course.exercises.chapter11_lstm as chapter11_lstm
import lstm_course.exercises.chapter11_weights as chapter11_weights
import lstm_course.exercises.chapter12_arrivals as chapter12_arrivals
import lstm_course.exercises.chapter12_sequence as chapter12_sequence
import lstm_course.exercises.chapter12_step as chapter12_step
import lstm_course.exercises.chapter12_variants as chapter12_variants
import lstm_course.exercises.chapter13_excursions as chapter13_excursions
import lstm_course.exercises.chapter13_jacobians as chapter13_jacobians
import lstm_course.exercises.chapter13_memory as chapter13_memory
import lstm_course.exercises.chapter13_split as chapter13_split
import lstm_course.exercises.chapter14_backward as chapter14_backward
import lstm_course.exercises.chapter14_conventions as chapter14_conventions
import lstm_course.exercises.chapter14_forward as chapter14_forward
from lstm_course.exercises._registry import Exercise

_MODULES = (
    chapter01_warmups,
    chapter01_layer,
    chapter01_numerical,
    chapter01_network,
    chapter02_chain,
    chapter02_layers,
    chapter10_backward,
    chapter10_derivatives,
    chapter10_truncation,
    chapter11_lstm,
    chapter11_weights,
    chapter12_arrivals,
    chapter12_step,
    chapter12_sequence,
    chapter12_variants,
    chapter13_memory,
    chapter13_jacobians,
    chapter13_split,
    chapter13_excursions,
    chapter14_conventions,
    chapter14_forward,
    chapter14_backward,
)


def _collect() -> Mapping[str, Exercise]:
    collected: dict[str, Exercise] = {}
    for exercise in (exercise for module in _MODULES for exercise in module.EXERCISES):
        if exercise.label in collected:
            raise ValueError(f"label must be unique, but {exercise.label!r} is there twice")
        collected[exercise.label] = exercise
    return MappingProxyType(collected)


EXERCISES = _collect()
