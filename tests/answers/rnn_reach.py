import numpy as np

from lstm_course.activations import get_activation
from lstm_course.gradient_flow import step_jacobians, terms_by_lag
from lstm_course.rnn import RNNParams, rnn_step_backward


def _sequence_in_one_loop(params, steps, dh):
    total = [np.zeros_like(part) for part in vars(params).values()]
    arrives = 0
    for t in reversed(range(len(steps))):
        _, arrives, share = rnn_step_backward(params, steps[t], dh[t] + arrives)
        total = [a + b for a, b in zip(total, vars(share).values(), strict=True)]
    return total


def _truncated_window_by_window(params, steps, dh, window):
    parts = [
        _sequence_in_one_loop(params, steps[start : start + window], dh[start : start + window])
        for start in range(0, len(steps), window)
    ]
    return RNNParams(*(sum(values) for values in zip(*parts, strict=True)))


def _truncated_by_detach(params, steps, dh, window):
    import torch

    weights = [torch.tensor(part, requires_grad=True) for part in vars(params).values()]
    h, states = torch.tensor(steps[0].h_prev), []
    for t, step in enumerate(steps):
        h = h.detach() if t % window == 0 else h
        h = torch.tanh(torch.tensor(step.x_t) @ weights[0].T + h @ weights[1].T + weights[2])
        states.append(h)
    torch.stack(states).backward(torch.tensor(dh))
    return RNNParams(*(w.grad.numpy() for w in weights))


def _terms_by_jacobians(params, steps, dh):
    T, n = len(steps), params.hidden_size
    f_prime = get_activation(steps[0].activation).f_prime
    terms = np.zeros((T, n, n), dh.dtype)
    for row in range(dh.shape[1]):
        J = step_jacobians(params, steps, row)
        for t in range(T):
            g = dh[t, row]
            for back in range(t, -1, -1):
                terms[t - back] += np.outer(g * f_prime(steps[back].a_t[row]), steps[back].h_prev[row])
                g = g @ J[back]
    return terms


OTHER_STYLE = {
    "terms-by-lag": [_terms_by_jacobians, lambda params, steps, dh: terms_by_lag(params, list(steps), dh)],
    "truncated-backward": [_truncated_window_by_window, _truncated_by_detach],
}
