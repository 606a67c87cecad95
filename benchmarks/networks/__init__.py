"""The parts of `livecoder bench models`; modules here import each other as `networks.NAME`."""
