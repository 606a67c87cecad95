"""An input that is closed while messages pour in: rtmidi must not stop the process for ever."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

# Sixteen messages in every cycle, three thousand a second.
FLOOD = """
import sys, jack
client = jack.Client("flood", no_start_server=True)
port = client.midi_outports.register("out")

def process(frames):
    port.clear_buffer()
    for offset in range(0, frames, 16):
        port.write_midi_event(offset, bytes((0xB0, 1, offset // 16)))

client.set_process_callback(process)
client.activate()
print("up", flush=True)
sys.stdin.read()
"""

# A process of its own: one that hangs holds the interpreter, and no test would ever end.
CLOSING = """
import sys, threading, time, rtmidi
from livecoder.outputs.midi.rt import RtPorts

def compute():
    while True:
        sum(range(1000))

sys.setswitchinterval(0.00025)
threading.Thread(target=compute, daemon=True).start()
ports, came = RtPorts(print, api=rtmidi.API_UNIX_JACK), 0
for _ in range(40):
    ports.listen(["flood"])
    ports.maintain()
    time.sleep(0.03)
    came += len(ports.arrivals.take())
    ports.listen([])
    ports.maintain()
    time.sleep(0.12)  # and by the next look it is shut
ports.close()
print("came", came, flush=True)
"""


def test_an_input_is_closed_in_the_midst_of_a_flood(jack_server: str) -> None:
    # A server that waits: one that does not writes anew what rtmidi has not read yet, and rtmidi
    # ends the process over it (which is why livecoder plays JACK without rtmidi).
    assert jack_server
    rtmidi = pytest.importorskip("rtmidi")
    if rtmidi.API_UNIX_JACK not in rtmidi.get_compiled_api():
        pytest.skip("rtmidi was built without JACK")
    flood = subprocess.Popen(
        [sys.executable, "-c", FLOOD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert flood.stdout is not None
        assert flood.stdout.readline() == "up\n"
        done = subprocess.run(
            [sys.executable, "-c", CLOSING], capture_output=True, text=True, timeout=90, check=False
        )
    finally:
        flood.communicate("")
    assert done.returncode == 0, done.stderr[-2000:]
    word, came = done.stdout.split()[-2:]
    assert word == "came"
    assert int(came) > 0
