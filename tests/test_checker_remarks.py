"""What a right answer is told beside: arguments that it changes, and odd types."""

import numpy as np
import pytest
from toy import fingerprint, flat, toy

from lstm_course.activations import get_activation, sigmoid_prime
from lstm_course.checker.judging import judge
from lstm_course.exercises import EXERCISES, Mistake, grade
from lstm_course.network import layer_backward, mlp_backward

# --- right, but -------------------------------------------------------------------------------------


def remarks_on(label, fn):
    verdict = grade(label, fn)
    assert verdict.status == "right, but", verdict.text
    assert all(flat(remark) in flat(verdict.text) for remark in verdict.remarks)
    return list(verdict.remarks)


def test_changed_arguments_are_named_and_nobody_elses_arrays_change():
    def answer(weight, h_prev, a, dh, activation):
        dh *= get_activation(activation).f_prime(a)
        result = dh @ weight, dh.T @ h_prev, dh.sum(axis=0), dh.copy()
        weight[:] = np.nan
        return result

    exercise = EXERCISES["layer-backward"]
    before = [fingerprint(args) for args in exercise.cases()]
    [remark] = remarks_on("layer-backward", answer)
    assert "changes its argument weight and dh in place" in remark
    assert [fingerprint(args) for args in exercise.cases()] == before


def test_changes_inside_a_structure_are_named():
    def answer(params, cache, dy):
        result = mlp_backward(params, cache, dy)[:2]
        params.biases[0][0] += 1
        cache.a[0].shape = (-1,)
        return result

    [remark] = remarks_on("mlp-backward", answer)
    assert "params.biases[0] and cache.a[0]" in remark


def test_a_list_that_changes_its_length_is_named():
    exercise = toy(
        sample=lambda rng, size: ([rng.standard_normal(2), rng.standard_normal(2)],),
        reference=lambda x: x[0] + x[1],
        mistakes=tuple(Mistake(str(k), f"Hint {k}.", lambda x, k=k: x[0] + k) for k in range(3)),
    )
    verdict = judge(exercise, lambda x: x.pop() + x[0])
    assert "It changes its argument x in place" in verdict.text


def test_a_mutating_answer_is_graded_on_fresh_arguments_and_told_when_wrong():
    def answer(y, target):
        y -= target
        return np.sum(y**2), y

    verdict = grade("squared-error", answer)
    assert verdict.status == "wrong"
    assert "changes its argument y" in flat(verdict.text)


def test_one_array_used_again_for_every_answer_does_not_fool_the_checker():
    shared = np.zeros(3)

    def answer(a):
        shared[:] = sigmoid_prime(a)
        return shared

    exercise = toy(
        reference=sigmoid_prime,
        inputs=("a",),
        sample=lambda rng, size: (rng.standard_normal(3),),
    )
    assert judge(exercise, answer).status == "right"


@pytest.mark.parametrize(
    ("label", "answer", "part"),
    [
        ("sigmoid-prime", lambda a: sigmoid_prime(a.astype(np.float64)), "slope comes back as float64"),
        (
            "layer-backward",
            lambda *args: (
                *layer_backward(*args)[:1],
                *(np.float64(part) for part in layer_backward(*args)[1:]),
            ),
            "dweight, dbias and da come back as float64 where float32 is expected",
        ),
        (
            "explosion-width",
            lambda w: EXERCISES["explosion-width"].reference(w).tolist(),
            "a list, not as a NumPy",
        ),
        (
            "sigmoid-prime",
            lambda a: np.matrix(sigmoid_prime(a)) if a.ndim == 2 else sigmoid_prime(a),
            "matrix",
        ),
        (
            "mlp-backward",
            lambda *args: (mlp_backward(*args)[0], tuple(vars(mlp_backward(*args)[1]).values())),
            "a tuple where MLPParams is expected",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_odd_types_are_right_but(label, answer, part):
    assert part in flat(" ".join(remarks_on(label, answer)))


def test_what_can_be_said_of_several_values_is_said_once():
    def answer(*args):
        dh_prev, *rest = layer_backward(*args)
        return dh_prev.tolist(), *(np.float64(part) for part in rest)

    assert remarks_on("layer-backward", answer) == [
        "dh_prev comes back as a list, not as a NumPy array.",
        "dweight, dbias and da come back as float64 where float32 is expected: what comes in decides.",
    ]


def test_no_dtype_remark_for_plain_numbers():
    assert (
        grade(
            "gain-per-layer", lambda norms: np.float64(norms[0] / norms[-1]) ** (1 / (len(norms) - 1))
        ).status
        == "right"
    )
    assert judge(toy(reference=lambda x: 2.0, mistakes=toy().mistakes), lambda x: 2).status == "right"
