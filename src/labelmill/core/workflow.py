"""Workflows: models that look at an input, or into the regions that another one found, as one model together.

The graph is checked here, and what its models say is brought together; asking them is somebody else's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Literal, TypeAlias

from labelmill.core.annotation import Prediction, is_same
from labelmill.core.errors import BadCall
from labelmill.core.geometry import Box, Part, Polygon, Region, Ring, Span

ScoreRule: TypeAlias = Literal["product", "weakest", "own"]
"""The score of what was found in a region: the region's times its own, the lower of both, or its own alone."""

_READ_IN = {"box": "image", "polygon": "image", "span": "text"}


@dataclass(frozen=True, slots=True)
class Node:
    """A model of a workflow, as its graph sees it.

    `reads` (`image`, `text`) and `makes` (`class`, `box`, `polygon`, `span`) are the model's. `of`: the node into whose
    regions it looks, one by one; None: at the whole input. What is `hidden` is looked into, but is no answer.
    """

    reads: frozenset[str]
    makes: str
    of: str | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """What a graph is as a whole: `order` names each node after the one that it looks into."""

    order: tuple[str, ...]
    reads: frozenset[str]
    makes: str


def shape(nodes: Mapping[str, Node]) -> Shape:
    """Check a graph, given by the names of its nodes. Raises BadCall, which names the node and what to do.

    Nodes that do not look into one another follow by name: in which order they are written says nothing. A tag that a
    model gives to a region stands on that region, so there it makes what the node above it makes.
    """
    order = _in_order(nodes)
    makes: dict[str, str] = {}
    for name in order:
        makes[name] = _made(name, nodes, makes)
    seen_first = [name for name in order if nodes[name].of is None]
    reads = frozenset.intersection(*(nodes[name].reads for name in seen_first))
    if not reads:
        told = ", ".join(f"{name} {' and '.join(sorted(nodes[name].reads))}" for name in seen_first)
        raise BadCall(f"no input suits all that look at it ({told}): take models that read the same")
    answering = [name for name in order if not nodes[name].hidden]
    if not answering:
        raise BadCall("all nodes are hidden, so nothing is answered: leave 'hidden' out at one")
    if len({makes[name] for name in answering}) > 1:
        told = ", ".join(f"{name} makes {makes[name]}" for name in answering)
        raise BadCall(f"a model answers with one kind, these with several ({told}): hide some, or make two workflows")
    return Shape(tuple(order), reads, makes[answering[0]])


def _in_order(nodes: Mapping[str, Node]) -> list[str]:
    for name, node in nodes.items():
        if node.of is not None and node.of not in nodes:
            raise BadCall(f"node {name} looks into {node.of!r}, which is no node; there are {', '.join(nodes)}")
    above = {name: [] if node.of is None else [node.of] for name, node in sorted(nodes.items())}
    try:
        return list(TopologicalSorter(above).static_order())
    except CycleError as error:
        raise BadCall(
            f"nodes look into one another ({', '.join(sorted(set(error.args[1])))}): one has to come first"
        ) from error


def _made(name: str, nodes: Mapping[str, Node], makes: Mapping[str, str]) -> str:
    node = nodes[name]
    if node.of is None:
        return node.makes
    above = makes[node.of]
    if above not in _READ_IN:
        raise BadCall(f"node {name} looks into {node.of}, which finds no regions ({above}): leave out its 'of'")
    if _READ_IN[above] not in node.reads:
        reads = " and ".join(sorted(node.reads))
        raise BadCall(f"node {name} reads {reads}, but what {node.of} finds ({above}) is {_READ_IN[above]}")
    return above if node.makes == "class" else node.makes


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a node said of an input: `score` by the workflow's rule, `region` in the whole input; `within`: in what."""

    node: str
    concept: str
    score: float
    region: Region | None
    within: Found | None = None


def found(
    node: str, answer: Sequence[Prediction], rule: ScoreRule, within: Found | None = None, frame: Region | None = None
) -> list[Found]:
    """What a node said of the whole input, or of what was found before (`within`) and fills `frame` of the input.

    What says itself that it lies in an earlier prediction of the answer keeps that as its place.
    """
    every: list[Found] = []
    for said in answer:
        region = _placed(said.region, frame)
        place = region if region is not None or within is None else within.region
        score = said.score if within is None else round(_score(rule, within.score, said.score), 6)
        every.append(Found(node, said.concept, score, place, within if said.parent is None else every[said.parent]))
    return every


def _score(rule: ScoreRule, above: float, own: float) -> float:
    match rule:
        case "product":
            return above * own
        case "weakest":
            return min(above, own)
        case "own":
            return own


def answer(every: Sequence[Found], *, hidden: Iterable[str], floor: float, overlap: float) -> list[Prediction]:
    """What a workflow says of an input, from all that its nodes found, those above first.

    Without what is hidden or scores less than `floor` (0 to 1). Where several nodes found one concept at the same place
    (the same region or tag, or boxes and polygons of an intersection over union of `overlap` or more), the best score
    stays. A prediction names as its parent the nearest answered one within which it was found.
    """
    unseen = frozenset(hidden)
    shown = [one for one in every if one.node not in unseen and one.score >= floor]
    kept = _best(shown, overlap)
    place = {id(one): index for index, one in enumerate(kept)}
    return [Prediction(one.concept, one.score, one.region, _parent(one, place)) for one in kept]


def _parent(one: Found, place: Mapping[int, int]) -> int | None:
    above = one.within
    while above is not None and id(above) not in place:
        above = above.within
    return None if above is None else place[id(above)]


def _best(shown: Sequence[Found], overlap: float) -> list[Found]:
    """Greedy suppression between nodes; what one model lets stand beside one another stays so."""
    sayers: dict[str, set[str]] = {}
    for one in shown:
        sayers.setdefault(one.concept, set()).add(one.node)
    kept: dict[str, list[Found]] = {}
    dropped: set[int] = set()
    for one in sorted(shown, key=lambda one: -one.score):
        if len(sayers[one.concept]) == 1:
            continue
        rivals = kept.setdefault(one.concept, [])
        if any(other.node != one.node and is_same(one.region, other.region, overlap) for other in rivals):
            dropped.add(id(one))
        else:
            rivals.append(one)
    return [one for one in shown if id(one) not in dropped]


def _placed(region: Region | None, frame: Region | None) -> Region | None:
    """A region of what fills the frame as one of the whole input."""
    match region, frame:
        case Span(start, end), Span():
            return Span(frame.start + start, frame.start + end)
        case Box(x1, y1, x2, y2), Box():
            (left, top), (right, bottom) = _moved(((x1, y1), (x2, y2)), frame)
            return Box(left, top, right, bottom)
        case Polygon(parts), Box():
            rings = [(_moved(part.outer, frame), tuple(_moved(hole, frame) for hole in part.holes)) for part in parts]
            return Polygon(tuple(Part(outer, holes) for outer, holes in rings))
    return region


def _moved(ring: Ring, frame: Box) -> Ring:
    width, height = frame.x2 - frame.x1, frame.y2 - frame.y1
    return tuple((frame.x1 + x * width, frame.y1 + y * height) for x, y in ring)
