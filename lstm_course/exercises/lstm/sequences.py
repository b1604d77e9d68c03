"""Exercise of chapter 12: an LSTM over sequences that end at different times."""

from __future__ import annotations

import functools

import numpy as np

from lstm_course.checker import Exercise, Mistake
from lstm_course.exercises._samples import draw
from lstm_course.exercises.lstm.cell import draw_params
from lstm_course.lstm import lstm_forward, lstm_step


@functools.wraps(lstm_forward)
def _forward(params, x, h0, c0, mask):
    h, (_, c_last), _ = lstm_forward(params, x, h0, c0, mask)
    return h, c_last


def _sample_forward(rng, size):
    steps, batch, n_in, n, dtype = (
        (3, 1, 1, 1, np.float64),
        (3, 2, 2, 2, np.float64),
        (4, 2, 2, 2, np.float64),
        (5, 3, 2, 3, np.float32),
        (12, 6, 5, 8, np.float64),
    )[size]
    params = draw_params(rng, n_in, n, dtype)
    x = draw(rng, steps, batch, n_in, dtype=dtype)
    mask = np.arange(steps)[:, None] % (batch + 2) != np.arange(
        1, batch + 1
    )  # a gap each, at times of their own
    mask[-1, 0] = steps < 4  # in larger cases one example ends before the others
    return params, x, draw(rng, batch, n, dtype=dtype), draw(rng, batch, n, dtype=dtype), mask


def _wrong_forward(
    *,
    start=lambda h0, c0: (h0, c0),
    read=lambda x, mask: (x, mask),
    hold=lambda now, h_t, c_t, h, c: (np.where(now, h_t, h), np.where(now, c_t, c)),
    carry=lambda h, c, h0, c0: (h, c),
    show=lambda now, h: h,
    collect=lambda hs, cs: np.stack(hs),
    last=lambda hs, cs: cs[-1],
    back=False,
):
    """A loop over `lstm_step` with one line written differently."""

    def wrong(params, x, h0, c0, mask):
        h, c = start(h0, c0)
        hs, cs = [], []
        for x_t, now in zip(*read(x, mask), strict=True):
            h_t, c_t, _ = lstm_step(params, x_t, h, c)
            h_t, c_t = hold(now[:, None], h_t, c_t, *((h0, c0) if back else (h, c)))
            hs.append(show(now[:, None], h_t))
            cs.append(c_t)
            h, c = carry(h_t, c_t, h0, c0)
        return collect(hs, cs), last(hs, cs)

    return wrong


LSTM_FORWARD = Exercise(
    label="lstm-forward",
    prompt=(
        "Run an LSTM over a batch of sequences x of shape (T, B, I). Where mask (T, B) is False an example has no "
        "step: its two states stay as they were. Return the hidden state at every step and the last cell state. You "
        "may call lstm_step."
    ),
    inputs=("params", "x", "h0", "c0", "mask"),
    outputs=("h", "c_last"),
    shapes=("(T, B, H)", "(B, H)"),
    reference=_forward,
    sample=_sample_forward,
    hints=(
        "First write it for a mask that is True everywhere: a loop over the steps that carries two states.",
        "Let every example make the step, and then decide, example by example, whether it counts: np.where chooses "
        "entry by entry.",
        "mask[t] has shape (B,), the states have shape (B, H). mask[t][:, None] fits beside them.",
    ),
    mistakes=(
        Mistake(
            "mask ignored",
            "Every example makes every step. Where the mask is False it has none, and both of its states stay as they "
            "were.",
            _wrong_forward(hold=lambda now, h_t, c_t, h, c: (h_t, c_t)),
        ),
        Mistake(
            "only the hidden state held",
            "Where the mask is False the hidden state waits, but the cell state goes on without it. Both wait.",
            _wrong_forward(hold=lambda now, h_t, c_t, h, c: (np.where(now, h_t, h), c_t)),
        ),
        Mistake(
            "only the cell state held",
            "Where the mask is False the cell state waits, but the hidden state moves. Both wait: the gates of the "
            "next step read it.",
            _wrong_forward(hold=lambda now, h_t, c_t, h, c: (h_t, np.where(now, c_t, c))),
        ),
        Mistake(
            "states set to zero",
            "Where the mask is False you set the states to zero. To have no step is to stay as one was, not to "
            "forget.",
            _wrong_forward(
                hold=lambda now, h_t, c_t, h, c: tuple(
                    np.where(now, new, np.zeros_like(new)) for new in (h_t, c_t)
                )
            ),
        ),
        Mistake(
            "zeros shown where there is no step",
            "The states are carried on rightly, but in h you write zeros where the mask is False. There h stays what "
            "it was.",
            _wrong_forward(show=lambda now, h: np.where(now, h, np.zeros_like(h))),
        ),
        Mistake(
            "back to the initial states",
            "Where the mask is False you go back to h0 and c0. To have no step is to stay where one was.",
            _wrong_forward(back=True),
        ),
        Mistake(
            "mask late by one step",
            "Step t obeys the mask of the step before. Row t of the mask belongs to x[t].",
            _wrong_forward(read=lambda x, mask: (x, np.concatenate([mask[:1], mask[:-1]]))),
            also=(
                _wrong_forward(read=lambda x, mask: (x, np.concatenate([np.ones_like(mask[:1]), mask[:-1]]))),
                _wrong_forward(read=lambda x, mask: (x, np.roll(mask, 1, axis=0))),
            ),
        ),
        Mistake(
            "mask early by one step",
            "Step t obeys the mask of the step after it. Row t of the mask belongs to x[t].",
            _wrong_forward(read=lambda x, mask: (x, np.concatenate([mask[1:], mask[-1:]]))),
            also=(
                _wrong_forward(read=lambda x, mask: (x, np.concatenate([mask[1:], np.ones_like(mask[:1])]))),
                _wrong_forward(read=lambda x, mask: (x, np.roll(mask, -1, axis=0))),
            ),
        ),
        Mistake(
            "input zeroed in place of the step",
            "Where the mask is False you set the input to zero and make the step all the same. The gates open at a zero, "
            "too: there must be no step.",
            _wrong_forward(
                read=lambda x, mask: (x * mask[:, :, None].astype(x.dtype), np.ones_like(mask)),
            ),
        ),
        Mistake(
            "ended at the first gap",
            "After its first False an example makes no more steps in your run. The mask may be True again.",
            _wrong_forward(read=lambda x, mask: (x, np.logical_and.accumulate(mask, axis=0))),
        ),
        Mistake(
            "only common steps",
            "You decide once for the whole batch: a step is made only where all examples have one. Each has its own mask.",
            _wrong_forward(
                hold=lambda now, h_t, c_t, h, c: (np.where(now.all(), h_t, h), np.where(now.all(), c_t, c))
            ),
        ),
        Mistake(
            "mask the wrong way round",
            "An example steps where the mask is False and waits where it is True. True says that there is a step.",
            _wrong_forward(read=lambda x, mask: (x, ~mask)),
        ),
        Mistake(
            "cell state not carried on",
            "Every step starts with c0 again. A step hands two states to the next one, and the cell state is "
            "the one that remembers.",
            _wrong_forward(carry=lambda h, c, h0, c0: (h, c0)),
        ),
        Mistake(
            "hidden state not carried on",
            "Every step reads h0, so the gates never learn what the network has put out. A step hands two "
            "states to the next one.",
            _wrong_forward(carry=lambda h, c, h0, c0: (h0, c)),
        ),
        Mistake(
            "no state carried on",
            "Every step starts from h0 and c0, as if it were the first. Then the order of the inputs is lost, "
            "and there is nothing recurrent about it.",
            _wrong_forward(carry=lambda h, c, h0, c0: (h0, c0)),
        ),
        Mistake(
            "starts from zeros",
            "The first step starts from zeros. Zeros are only the default: here h0 and c0 are given.",
            _wrong_forward(start=lambda h0, c0: (np.zeros_like(h0), np.zeros_like(c0))),
        ),
        Mistake(
            "states exchanged at the start",
            "The first step gets c0 as its hidden state and h0 as its cell state. The names in the call of "
            "lstm_step tell which comes first.",
            _wrong_forward(start=lambda h0, c0: (c0, h0)),
        ),
        Mistake(
            "only the hidden state set to zero",
            "Where the mask is False your cell state waits, but the hidden state is set to zero. It stays what it was, "
            "too: the gates of the next step read it.",
            _wrong_forward(
                hold=lambda now, h_t, c_t, h, c: (
                    np.where(now, h_t, np.zeros_like(h_t)),
                    np.where(now, c_t, c),
                )
            ),
        ),
        Mistake(
            "one decision for the whole batch",
            "You decide once for the whole batch: if any example has a step, all take it. Each example has its own mask.",
            _wrong_forward(
                hold=lambda now, h_t, c_t, h, c: (np.where(now.any(), h_t, h), np.where(now.any(), c_t, c))
            ),
        ),
        Mistake(
            "states exchanged from step to step",
            "A step gets the last c as its hidden state and the last h as its cell state. lstm_step takes h first, and "
            "returns it first.",
            _wrong_forward(carry=lambda h, c, h0, c0: (c, h)),
        ),
        Mistake(
            "always the first input",
            "Every step reads x[0]. Step t reads x[t].",
            _wrong_forward(read=lambda x, mask: (np.broadcast_to(x[:1], x.shape), mask)),
        ),
        Mistake(
            "reads from the end",
            "The sequence is read from its last step to its first. That is one half of a bidirectional "
            "network; here time runs forward.",
            _wrong_forward(read=lambda x, mask: (x[::-1], mask[::-1])),
        ),
        Mistake(
            "cell states in place of hidden states",
            "You collect the cell states. What an LSTM shows to the outside is h.",
            _wrong_forward(collect=lambda hs, cs: np.stack(cs)),
        ),
        Mistake(
            "last hidden state in place of the last cell state",
            "The second value is the last h, which stands in the first value already. Asked for is the last c.",
            _wrong_forward(last=lambda hs, cs: hs[-1]),
        ),
    ),
)

EXERCISES = (LSTM_FORWARD,)
