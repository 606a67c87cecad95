"""What every test shares."""

from hypothesis import Phase, settings

# The first call of a numba kernel compiles for half a second, which a deadline would call flaky.
settings.register_profile("livecoder", deadline=None)
# Whether something fails, and not by how little: for `livecoder bench mutants`.
settings.register_profile("found", deadline=None, phases=[Phase.explicit, Phase.generate])
settings.load_profile("livecoder")
