import numpy as np

from lstm_course.activations import get_activation
from lstm_course.gradient_flow import step_jacobians, terms_by_lag
from lstm_course.rnn import RNNParams, rnn_step_backward


def _immediate_and_total_as_a_sum(w, x, h0):
    h = [h0]
    for x_t in x:
        h.append(np.tanh(w * h[-1] + x_t))
    slopes = 1 - np.array(h[1:]) ** 2
    terms = [slopes[k] * h[k] * np.prod(w * slopes[k + 1 :]) for k in range(len(x))]
    return terms[-1], np.sum(terms)


def _step_sample_by_sample(params, cache, dh_t):
    f_prime = get_activation(cache.activation).f_prime
    dx, dh = np.zeros_like(cache.x_t), np.zeros_like(cache.h_prev)
    w_ih, w_hh, b = (np.zeros_like(part) for part in vars(params).values())
    for k in range(len(dh_t)):
        da = f_prime(cache.a_t[k]) * dh_t[k]
        dx[k], dh[k] = params.weight_ih.T @ da, params.weight_hh.T @ da
        w_ih += np.outer(da, cache.x_t[k])
        w_hh += np.outer(da, cache.h_prev[k])
        b += da
    return dx, dh, RNNParams(w_ih, w_hh, b)


def _torch_run(params, steps, window=None):
    import torch

    f = {"tanh": torch.tanh, "sigmoid": torch.sigmoid}[steps[0].activation]
    weights = [torch.tensor(part, requires_grad=True) for part in vars(params).values()]
    xs = [torch.tensor(step.x_t, requires_grad=True) for step in steps]
    h0 = h = torch.tensor(steps[0].h_prev, requires_grad=True)
    states = []
    for t, x_t in enumerate(xs):
        h = h.detach() if window and t % window == 0 else h
        h = f(x_t @ weights[0].T + h @ weights[1].T + weights[2])
        states.append(h)
    return torch.stack(states), xs, h0, weights


def _sequence_by_autograd(params, steps, dh):
    import torch

    states, xs, h0, weights = _torch_run(params, steps)
    states.backward(torch.tensor(dh))
    dx = np.stack([x_t.grad.numpy() for x_t in xs])
    return dx, h0.grad.numpy(), RNNParams(*(w.grad.numpy() for w in weights))


def _sequence_in_one_loop(params, steps, dh):
    dx = np.zeros((len(steps), *steps[0].x_t.shape), dh.dtype)
    total = [np.zeros_like(part) for part in vars(params).values()]
    arrives = 0
    for t in reversed(range(len(steps))):
        dx[t], arrives, share = rnn_step_backward(params, steps[t], dh[t] + arrives)
        total = [a + b for a, b in zip(total, vars(share).values(), strict=True)]
    return dx, arrives, RNNParams(*total)


def _terms_by_jacobians(params, steps, dh):
    T, n = len(steps), params.hidden_size
    f_prime = get_activation(steps[0].activation).f_prime
    terms = np.zeros((T, n, n), dh.dtype)
    for row in range(dh.shape[1]):
        J = step_jacobians(params, steps, row)
        for t in range(T):
            g = dh[t, row]
            for k in range(t, -1, -1):
                terms[t - k] += np.outer(g * f_prime(steps[k].a_t[row]), steps[k].h_prev[row])
                g = g @ J[k]
    return terms


def _truncated_by_detach(params, steps, dh, window):
    import torch

    states, _, _, weights = _torch_run(params, steps, window)
    states.backward(torch.tensor(dh))
    return RNNParams(*(w.grad.numpy() for w in weights))


def _truncated_window_by_window(params, steps, dh, window):
    parts = [
        _sequence_in_one_loop(params, steps[start : start + window], dh[start : start + window])[2]
        for start in range(0, len(steps), window)
    ]
    return RNNParams(*(sum(values) for values in zip(*(vars(p).values() for p in parts), strict=True)))


OTHER_STYLE = {
    "immediate-and-total": [_immediate_and_total_as_a_sum],
    "rnn-step-backward": [_step_sample_by_sample],
    "backward-by-steps": [_sequence_in_one_loop, _sequence_by_autograd],
    "terms-by-lag": [_terms_by_jacobians, lambda params, steps, dh: terms_by_lag(params, list(steps), dh)],
    "truncated-backward": [_truncated_window_by_window, _truncated_by_detach],
}
