"""Reads a MusicXML lead sheet: melody (first part, first voice, highest note of a chord), chords.

Grace notes and words are passed over; repeats are written out once.

Source: MusicXML 4.0, https://www.w3.org/2021/06/musicxml40/
"""

from __future__ import annotations

import io
import zipfile
from fractions import Fraction
from xml.etree import ElementTree

from livecoder.core.errors import ModelFileError
from livecoder.training.harmony import from_musicxml
from livecoder.training.scores import Bar, Sung, duple_steps

__all__ = ["read_lead_sheet"]

_LARGEST = 16 * 2**20  # bytes of XML
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def read_lead_sheet(compressed: bytes) -> list[tuple[int, list[Bar]]]:
    """Return the lines of bars of an `.mxl` file, each in one duple metre, with its steps a bar.

    Raises:
        ModelFileError: it is no MusicXML, or larger than any lead sheet.
    """
    root = _parse(_score(compressed))
    part = root.find("part")
    lines: list[tuple[int | None, list[Bar]]] = []
    divisions = 1
    for measure in part.iter("measure") if part is not None else ():
        for attributes in measure.iter("attributes"):
            divisions = _number(attributes.findtext("divisions"), divisions)
            beats, unit = attributes.findtext("time/beats"), attributes.findtext("time/beat-type")
            if beats and unit:
                lines.append((duple_steps(_number(beats, 0), _number(unit, 0)), []))
        if lines:
            lines[-1][1].append(_bar(measure, divisions))
    return [(steps, bars) for steps, bars in lines if steps]


def _score(compressed: bytes) -> bytes:
    """Return the XML inside an `.mxl` archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(compressed)) as archive:
            for entry in archive.infolist():
                if entry.filename.endswith((".xml", ".musicxml")) and "META-INF" not in (
                    entry.filename
                ):
                    with archive.open(entry) as member:
                        text = member.read(_LARGEST + 1)
                    if len(text) <= _LARGEST:
                        return text
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        message = "a lead sheet is no compressed MusicXML; unpack the data set anew"
        raise ModelFileError(message) from error
    message = f"a lead sheet holds no MusicXML of at most {_LARGEST} bytes; leave it out"
    raise ModelFileError(message)


def _parse(text: bytes) -> ElementTree.Element:
    if b"<!ENTITY" in text:
        message = "a lead sheet declares XML entities, which no score needs; leave it out"
        raise ModelFileError(message)
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - bounded, and entities are refused above
    except ElementTree.ParseError as error:
        message = "a lead sheet is no well-formed XML; unpack the data set anew"
        raise ModelFileError(message) from error


def _bar(measure: ElementTree.Element, divisions: int) -> Bar:
    bar = Bar()
    at = Fraction(0)
    for element in measure:
        step = Fraction(_number(element.findtext("duration"), 0) * 4, divisions)
        if element.tag == "backup":
            at = max(Fraction(0), at - step)
        elif element.tag == "forward":
            at += step
        elif element.tag == "harmony":
            bar.chords.append((at, from_musicxml(element)))
        elif element.tag == "note" and step and element.find("grace") is None:
            chord = element.find("chord") is not None
            if element.findtext("voice", "1") == "1" and not chord:
                pitch = _pitch(element.find("pitch"))
                if pitch is not None:
                    tied = any(tie.get("type") == "stop" for tie in element.findall("tie"))
                    bar.notes.append(Sung(at, step, pitch, tied))
            elif chord and bar.notes:
                pitch = _pitch(element.find("pitch"))
                last = bar.notes[-1]
                if pitch is not None and pitch > last.pitch and last.onset == at - step:
                    bar.notes[-1] = last._replace(pitch=pitch)
            if not chord:
                at += step
        bar.length = max(bar.length, at)
    return bar


def _pitch(element: ElementTree.Element | None) -> int | None:
    if element is None:
        return None
    step = _STEPS.get(element.findtext("step", ""), 0)
    alter = _number(element.findtext("alter"), 0)
    return 12 * (_number(element.findtext("octave"), 4) + 1) + step + alter


def _number(text: str | None, otherwise: int) -> int:
    """Return the whole number in `text`, or `otherwise` where it is missing or no number."""
    try:
        return round(float(text)) if text else otherwise
    except (ValueError, OverflowError):
        return otherwise
