"""How large a Music Transformer is, and what its tensors are called.

Conventions: matrices are `[out, in]`; heads are cut from the width in order; distance 0 is a token
itself, distance 1 the token before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from livecoder.core.errors import ModelFileError

__all__ = ["BAR", "TOKENS", "TransformerShape"]

TOKENS = 310
# Steps of a bar as the network counts them: four beats of 50, the bar of its training.
BAR = 200


@dataclass(frozen=True, slots=True)
class TransformerShape:
    """The sizes of one network.

    Attributes:
        layers: blocks of attention and of a feed-forward network.
        width: numbers by which a token is known.
        heads: of each attention; divides the width.
        inner: width inside the feed-forward networks.
        window: tokens that are looked back on at most, the token itself included.
        taps: how many of the last tokens are read into one place before the first block.
    """

    layers: int = 4
    width: int = 128
    heads: int = 4
    inner: int = 512
    window: int = 512
    taps: int = 4

    @property
    def across(self) -> int:
        """Width of one head."""
        return self.width // self.heads

    def tensors(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield every parameter's name and shape.

        >>> dict(TransformerShape(layers=1).tensors())["layer0.distance"]
        (4, 512, 32)
        """
        width, inner = self.width, self.inner
        yield "tokens", (self.taps, TOKENS, width)
        yield "phases", (BAR, width)
        for layer in range(self.layers):
            yield f"layer{layer}.query.weight", (width, width)
            yield f"layer{layer}.query.bias", (width,)
            yield f"layer{layer}.key.weight", (width, width)
            yield f"layer{layer}.value.weight", (width, width)
            yield f"layer{layer}.distance", (self.heads, self.window, self.across)
            yield f"layer{layer}.mix.weight", (width, width)
            yield f"layer{layer}.up.weight", (inner, width)
            yield f"layer{layer}.up.bias", (inner,)
            yield f"layer{layer}.down.weight", (width, inner)
        yield "classes.weight", (TOKENS, width)
        yield "classes.bias", (TOKENS,)

    def metadata(self) -> dict[str, str]:
        """Return the sizes as text, for whoever looks at a weight file.

        >>> TransformerShape().metadata()["layers"]
        '4'
        """
        return {name: str(value) for name, value in asdict(self).items()}

    @classmethod
    def of(cls, sizes: Mapping[str, tuple[int, ...]], what: str, fix: str) -> TransformerShape:
        """Return the shape of a network whose tensors have these sizes.

        >>> shape = TransformerShape(layers=2, window=64)
        >>> TransformerShape.of(dict(shape.tensors()), "this", "try again") == shape
        True

        Args:
            sizes: of every tensor of a file, by name.
            what: names the file in an error.
            fix: what to do if it is wrong.

        Raises:
            ModelFileError: they are not those of any Music Transformer.
        """
        layers = sum(name.endswith(".distance") for name in sizes)
        try:
            taps, _, width = sizes["tokens"]
            heads, window, _ = sizes["layer0.distance"]
            inner, _ = sizes["layer0.up.weight"]
        except (KeyError, ValueError):
            message = f"{what} is no Music Transformer: tokens, distances or blocks are missing"
            raise ModelFileError(f"{message}; {fix}") from None
        shape = cls(layers, width, heads, inner, window, taps)
        if min(layers, width, heads, inner, taps) < 1 or window < 2 or width % heads:
            message = f"{what} is no Music Transformer: {shape}; {fix}"
            raise ModelFileError(message)
        wanted = dict(shape.tensors())
        for name in sorted(wanted.keys() | sizes.keys()):
            if wanted.get(name) != sizes.get(name):
                message = (
                    f"{what} is no Music Transformer: tensor {name!r} should be "
                    f"{list(wanted.get(name, ()))} and is {list(sizes.get(name, ()))}; {fix}"
                )
                raise ModelFileError(message)
        return shape
