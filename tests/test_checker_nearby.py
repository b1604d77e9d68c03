"""Answers that are the reference with one small slip in it: found, said in its own names, and never by chance."""

import ast

import numpy as np
import pytest
from samples import GRU_JACOBIAN, GRU_STEP, GRU_STEP_BACKWARD
from toy import flat, toy

from lstm_course.checker import Mistake, judge
from lstm_course.checker.edits import edits
from lstm_course.checker.nearby import nearby
from lstm_course.checker.runner import attempt, prepare
from lstm_course.gradient_flow import gru_jacobian
from lstm_course.gru import GRUParams, sigmoid


def gate(x, w, b):
    """Something with a term, a factor, a slope, a product and a loop in it."""
    a = x @ w.T + b
    f = 1 / (1 + np.exp(-a))
    slope = f * (1 - f)
    total = np.zeros_like(b)
    for row in slope:
        total += row
    return total


def words_of(function, *args):
    return [what for what, _ in edits(function, args)]


ARGS = (
    np.array([[1.0, -2.0], [0.5, 3.0], [2.0, 1.0]]),
    np.array([[0.3, -1.0], [1.5, 0.2]]),
    np.array([0.1, -0.4]),
)


@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        ("the term b is left out in the line of a", lambda x, w, b: gate(x, w, 0 * b)),
        ("b is subtracted and not added in the line of a", lambda x, w, b: gate(x, w, -b)),
        ("f stands in place of 1 - f in the line of slope", lambda x, w, b: (sig(x @ w.T + b) ** 2).sum(axis=0)),
        ("the factor 1 - f is left out in the line of slope", lambda x, w, b: sig(x @ w.T + b).sum(axis=0)),
        ("w is not transposed in the line of a", lambda x, w, b: gate(x, w.T, b)),
        ("the loop over row stops one round early", lambda x, w, b: gate(x[:-1], w, b)),
        ("the loop over row starts one round late", lambda x, w, b: gate(x[1:], w, b)),
        ("it starts from ones in the line of total", lambda x, w, b: gate(x, w, b) + 1),
        ("the total is overwritten and not added to in the line of total", lambda x, w, b: gate(x[-1:], w, b)),
        ("the slope is taken to be 1 − f² in the line of slope", lambda x, w, b: (1 - sig(x @ w.T + b) ** 2).sum(axis=0)),
    ],
)  # fmt: skip
def test_a_slip_is_said_and_does_what_it_says(what, wrong):
    [made] = [function for said, function in edits(gate, ARGS) if said == what]
    assert np.allclose(made(*ARGS), wrong(*ARGS))


def sig(a):
    return 1 / (1 + np.exp(-a))


def test_every_slip_changes_the_function_and_leaves_it_as_it_was():
    before = gate(*ARGS)
    assert len(words_of(gate, *ARGS)) > 100
    assert np.array_equal(gate(*ARGS), before)
    right = next(iter(ast.parse(_source()).body))
    for _, made in edits(gate, ARGS):
        assert made.__code__.co_filename == gate.__code__.co_filename
    assert ast.dump(next(iter(ast.parse(_source()).body))) == ast.dump(right)


def _source():
    import inspect

    return inspect.getsource(gate)


def counting(n):
    """A loop that an edit of its condition would never end."""
    total = 0
    while total < n:
        total += 1
    return total


def test_no_slip_makes_an_endless_loop():
    for _, made in edits(counting, (5,)):
        try:
            made(5)
        except Exception:  # some of them cannot run at all
            continue


def test_names_are_exchanged_for_others_of_the_same_shape_only():
    said = words_of(gate, *ARGS)
    assert not any("w stands in place of a" in what or "a stands in place of w" in what for what in said)
    assert "slope stands in place of f in the line of slope" in said


def test_where_the_source_is_missing_there_is_nothing_to_say():
    exercise = toy(reference=eval("lambda x: 2 * x"))
    [case, *_] = prepare(exercise)
    assert list(nearby(exercise, case, attempt(lambda x: 3 * x, case, exercise), ["y"])) == []


# --- in the exercises -------------------------------------------------------------------------------


def step(z_of=sigmoid, candidate=np.tanh):
    def answer(params, x_t, h_prev):
        w_r, w_z, w_n = np.split(params.weight_hh, 3)
        x_r, x_z, x_n = np.split(x_t @ params.weight_ih.T + params.bias, 3, axis=1)
        r, z = sigmoid(x_r + h_prev @ w_r.T), z_of(x_z + h_prev @ w_z.T)
        n = candidate(x_n + r * (h_prev @ w_n.T + params.bias_hn))
        return (1 - z) * n + z * h_prev

    return answer


def test_a_slip_without_a_name_is_told_in_the_names_of_the_package():
    text = flat(judge(GRU_STEP, step(z_of=np.tanh)).text)
    assert "with one slip: tanh stands in place of the sigmoid in the line of z_t of gru_step" in text
    text = flat(judge(GRU_STEP, step(candidate=lambda a: a)).text)
    assert "tanh is left out before x_n + r_t * q_t in the line of n_t" in text
    assert judge(GRU_STEP, step()).status == "right"


def backward(dn_share=lambda z: 1 - z, averaged=False):
    def answer(params, cache, dh_t):
        x, h, r, z, n, q, _ = cache
        w_r, w_z, w_n = np.split(params.weight_hh, 3)
        da_n = dh_t * dn_share(z) * (1 - n**2)
        da_z, da_r, dq = dh_t * (h - n) * z * (1 - z), da_n * q * r * (1 - r), da_n * r
        da = np.concatenate([da_r, da_z, da_n], axis=1)
        dh = dh_t * z + da_r @ w_r + da_z @ w_z + dq @ w_n
        share = len(x) if averaged else 1
        dweight_hh = np.concatenate([da_r.T @ h, da_z.T @ h, dq.T @ h / dq.dtype.type(share)])
        return da @ params.weight_ih, dh, GRUParams(da.T @ x, dweight_hh, da.sum(axis=0), dq.sum(axis=0))

    return answer


def test_one_slip_that_gives_the_whole_answer_goes_before_a_mistake_that_gives_a_part():
    verdict = judge(GRU_STEP_BACKWARD, backward(dn_share=lambda z: z))
    assert "z_t stands in place of 1 - z_t in the line of dn" in flat(verdict.text)
    assert len(verdict.mistakes) == 1
    assert judge(GRU_STEP_BACKWARD, backward()).status == "right"


def test_a_slip_in_one_block_of_one_gradient_is_found():
    text = flat(judge(GRU_STEP_BACKWARD, backward(averaged=True)).text)
    assert "dq.T @ h_prev is divided by the batch size" in text


def test_a_slip_that_would_show_where_the_answer_is_right_is_not_told():
    def answer(params, cache, dh_t):  # as if dq were 0, but in one value only
        dx, dh, dparams = backward()(params, cache, dh_t)
        bias_hn = 0.5 * dparams.bias_hn + 0.1
        return dx, dh, GRUParams(dparams.weight_ih, dparams.weight_hh, dparams.bias, bias_hn)

    assert "one slip" not in judge(GRU_STEP_BACKWARD, answer).text


def test_a_slip_in_a_function_that_the_reference_calls_is_found():
    def answer(params, cache, row):
        return gru_jacobian(params, cache._replace(q_t=cache.q_t - params.bias_hn), row)

    assert judge(GRU_JACOBIAN, answer).status == "right"  # the reference computes q anew

    def without_bias(params, cache, row):
        h, r, z, n = (array[row] for array in (cache.h_prev, cache.r_t, cache.z_t, cache.n_t))
        w_r, w_z, w_n = np.split(params.weight_hh, 3)
        slope, q = (1 - z) * (1 - n**2), w_n @ h
        rows = ((h - n) * z * (1 - z), w_z), (slope * q * r * (1 - r), w_r), (slope * r, w_n)
        return np.diag(z) + sum(s[:, None] * w for s, w in rows)

    assert "the term params.bias_hn is left out in the line of q" in flat(
        judge(GRU_JACOBIAN, without_bias).text
    )


def test_both_names_of_the_exercise_and_nearby_are_tried_in_each_way():
    exercise = toy(
        mistakes=(
            Mistake("shifted", "You shift.", lambda x: 2 * x + 1, also=(lambda x: 2 * x + 3,)),
            Mistake("exactly nothing", "It is 0.", lambda x: 0 * x, exact=True),
            Mistake("other", "Other.", lambda x: x**5),
        )
    )
    assert judge(exercise, lambda x: 2 * x + 3).mistakes == ("shifted",)
    assert judge(exercise, lambda x: 0 * x).mistakes == ("exactly nothing",)
    assert judge(exercise, lambda x: 0 * x + 1e-14).mistakes != ("exactly nothing",)
