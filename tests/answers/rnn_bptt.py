import numpy as np


def _immediate_and_total_as_a_sum(w, x, h0):
    h = [h0]
    for x_t in x:
        h.append(np.tanh(w * h[-1] + x_t))
    slopes = 1 - np.array(h[1:]) ** 2
    terms = [slopes[k] * h[k] * np.prod(w * slopes[k + 1 :]) for k in range(len(x))]
    return terms[-1], np.sum(terms)


def _total_weight_by_weight(params, steps):
    n = params.hidden_size
    total = np.zeros((n, n, n), params.weight_hh.dtype)
    for i in range(n):
        for j in range(n):
            moves = np.zeros(n, total.dtype)
            for step in steps:
                da = params.weight_hh @ moves
                da[i] += step.h_prev[0, j]
                moves = (1 - np.tanh(step.a_t[0]) ** 2) * da
            total[:, i, j] = moves
    return total


def _total_by_autograd(params, steps):
    import torch

    w_ih, w_hh, b = (torch.tensor(part) for part in vars(params).values())

    def last(weight):
        h = torch.tensor(steps[0].h_prev[0])
        for step in steps:
            h = torch.tanh(w_ih @ torch.tensor(step.x_t[0]) + weight @ h + b)
        return h

    return torch.autograd.functional.jacobian(last, w_hh).numpy()


OTHER_STYLE = {
    "immediate-and-total": [_immediate_and_total_as_a_sum],
    "forward-in-time": [_total_weight_by_weight, _total_by_autograd],
}
