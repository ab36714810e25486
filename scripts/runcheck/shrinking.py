"""Makes a configuration that fails smaller."""

import copy
import time

# Seconds for attempts.
PATIENCE = 20
# Options that others depend on.
NEEDED = {"optimizer", "lr-schedule", "epochs"}


def shrink(configuration, still_fails):
    """Leaves out options and layers, one after another, as long as the configuration fails."""
    start = time.monotonic()
    smallest = configuration
    for smaller in _smaller(configuration):
        candidate = smaller(smallest)
        if time.monotonic() - start > PATIENCE:
            break
        if candidate and still_fails(candidate):
            smallest = candidate
    return smallest


def _smaller(configuration):
    for name in sorted(set(configuration.options) - NEEDED):
        yield lambda current, name=name: _without_option(current, name)
    for index in reversed(range(len(configuration.model.items))):
        yield lambda current, index=index: _without_item(current, index)


def _without_option(configuration, name):
    result = copy.copy(configuration)
    result.options = {key: value for key, value in configuration.options.items() if key != name}
    return result


def _without_item(configuration, index):
    result = copy.copy(configuration)
    result.model = copy.copy(configuration.model)
    result.model.items = configuration.model.items[:index] + configuration.model.items[index + 1:]
    return result
