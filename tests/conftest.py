"""What every test shares."""

from hypothesis import settings

# The first call of a numba kernel compiles for half a second, which a deadline would call flaky.
settings.register_profile("livecoder", deadline=None)
settings.load_profile("livecoder")
