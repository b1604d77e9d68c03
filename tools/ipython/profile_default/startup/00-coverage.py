"""Count the package's lines that a notebook runs, when `make nbval` asks for it.

nbval's own way collects nothing with a parallel data file, and it kills its kernels, so nothing
registered with atexit would run: the counts are written after each cell.
"""

import os

if os.environ.get("LSTM_COURSE_COVERAGE"):
    import coverage

    _config = os.environ["LSTM_COURSE_COVERAGE"]
    _data = os.path.join(os.path.dirname(_config), ".coverage")  # not in the notebook's folder
    _counter = coverage.Coverage(config_file=_config, data_file=_data, data_suffix=True)
    _counter._warn_no_data = False
    _counter.start()
    get_ipython().events.register("post_run_cell", lambda _: _counter.save())  # noqa: F821
