"""Train the demo's text classifier and print how good it is: `python -m training.messages`.

A bag of words with one number for each word and concept: multinomial logistic regression, which is fastText without
its hidden layer (Joulin et al. 2016, "Bag of Tricks for Efficient Text Classification"). A temperature (Guo et al.
2017, "On Calibration of Modern Neural Networks") is fitted on messages of its own and baked into the numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
import yaml
from onnx import numpy_helper, parser
from torch import Tensor, nn

import labelmill.demo
from labelmill.demo.messages import CONCEPTS, FROZEN_SEED, Message, messages
from labelmill.models import catalog
from labelmill.models.cards import Card, read_card
from labelmill.models.keys import TextInput
from labelmill.models.prepare import TextTensors
from training import measure
from training.measure import Judged

CARD = Path(labelmill.demo.__file__).parent / "messages.yaml"
TRAINING_SEED, TEMPERATURE_SEED = 1, 2
TRAINED, FITTED, FROZEN = 12_000, 4000, 2000
"""Messages to train on, to fit the temperature on, and to measure on."""

_LEAST_COUNT = 8
"""Words that come up less often are unknown: order numbers, most typos."""
_DECAY = 2e-4
"""Weight of the squared numbers in the loss."""
_GRAPH = """
<ir_version: 9, opset_import: ["": 17]>
messages (int64[N, L] words) => (float[N, C] logits) <int64[1] along = {1}> {
    rows = Gather <axis = 0> (table, words)
    sums = ReduceSum <keepdims = 0> (rows, along)
    logits = Add(sums, bias)
}
"""


def main() -> None:
    """Train, fit, export and measure: seconds on one core. Nothing is drawn at random but the messages."""
    frozen = messages(FROZEN_SEED, FROZEN)
    train, fit = _unseen(TRAINING_SEED, TRAINED, frozen), _unseen(TEMPERATURE_SEED, FITTED, frozen)
    card = Card.model_validate(yaml.safe_load(CARD.read_text(encoding="utf-8"))).at(CARD.parent)
    assert isinstance(card.input, TextInput) and card.weights  # the card is the project's own
    words = card.folder / card.input.words
    kept = word_list(train, card.input)
    words.write_text("".join(f"{word} {number}\n" for number, word in enumerate(kept, start=2)), encoding="utf-8")
    tensors, width = TextTensors(card.input, words, rows=None), len(kept) + 2
    classifier = trained(counted(train, tensors, width), answers(train))
    temperature = fitted_temperature(classifier(counted(fit, tensors, width)).detach(), answers(fit))
    onnx.save(exported(classifier, temperature), card.folder / card.weights)
    print(f"{len(train)} messages to train on, {len(kept)} words, temperature {temperature:.3f}")
    print(figures(read_card(CARD), frozen))


def word_list(train: Sequence[Message], keys: TextInput) -> list[str]:
    """The words worth a number; 0 fills up and 1 is all others."""
    counts = Counter(word for one in train for word in re.split(keys.split, one.text.lower()) if word)
    return sorted(word for word, count in counts.items() if count >= _LEAST_COUNT)


def counted(texts: Sequence[Message], tensors: TextTensors, width: int) -> Tensor:
    """How often each word number comes up, n x width, split as the runtime does it; the filling does not count."""
    numbers = torch.from_numpy(tensors.fill([one.text for one in texts])[0])
    counts = torch.zeros(len(texts), width).scatter_add_(1, numbers, torch.ones(numbers.shape))
    counts[:, 0] = 0
    return counts


def answers(texts: Sequence[Message]) -> Tensor:
    """The number of each message's concept in CONCEPTS."""
    return torch.tensor([CONCEPTS.index(one.concept) for one in texts])


def trained(counts: Tensor, concepts: Tensor) -> nn.Linear:
    """The classifier with the least loss; the loss has one minimum, so no seed is needed."""
    classifier = nn.Linear(counts.shape[1], len(CONCEPTS))
    nn.init.zeros_(classifier.weight)
    nn.init.zeros_(classifier.bias)
    _minimised(
        list(classifier.parameters()),
        lambda: nn.functional.cross_entropy(classifier(counts), concepts) + _DECAY * classifier.weight.square().sum(),
    )
    return classifier


def fitted_temperature(logits: Tensor, concepts: Tensor) -> float:
    """What to divide logits by, so that scores are as often right as they say."""
    logarithm = nn.Parameter(torch.zeros(()))
    _minimised([logarithm], lambda: nn.functional.cross_entropy(logits / logarithm.exp(), concepts))
    return float(logarithm.detach().exp())


def exported(classifier: nn.Linear, temperature: float) -> onnx.ModelProto:
    """The classifier as a graph from word numbers (n, length) to logits (n, concepts)."""
    model = parser.parse_model(_GRAPH)
    table = (classifier.weight.detach().T / temperature).numpy()
    table[0] = 0  # what fills up says nothing
    bias = (classifier.bias.detach() / temperature).numpy()
    for name, values in (("table", table), ("bias", bias)):
        model.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
    onnx.checker.check_model(model, full_check=True)
    return model


def figures(card: Card, frozen: Sequence[Message]) -> str:
    """How good a card's model is, through the runtime, as a Markdown table; calibration is that of the best scores."""
    answers = catalog.load(card).predict([one.text for one in frozen])
    judged = [
        [Judged(said.concept, said.score, said.concept == one.concept, 0.0) for said in answer]
        for answer, one in zip(answers, frozen, strict=True)
    ]
    best = [max(answer, key=lambda one: one.score) for answer in judged]
    every = [one for answer in judged for one in answer]
    low, middle, high = measure.bands(every)
    return f"""| figure, {len(frozen)} frozen messages | value |
|---|---|
| accuracy | {measure.precision(best, 0):.3f} |
| expected calibration error, 15 bins | {measure.calibration_error(best):.3f} |
| precision from 0.9 | {measure.precision(every, 0.9):.1%} |
| share of scores 0.3 to 0.5, 0.5 to 0.9, from 0.9 | {low:.0%}, {middle:.0%}, {high:.0%} |"""


def _unseen(seed: int, count: int, frozen: Sequence[Message]) -> list[Message]:
    texts = {one.text for one in frozen}
    return [one for one in messages(seed, count) if one.text not in texts]


def _minimised(parameters: list[nn.Parameter], loss: Callable[[], Tensor]) -> None:
    optimiser = torch.optim.LBFGS(parameters, max_iter=100, line_search_fn="strong_wolfe")

    def step() -> Tensor:
        optimiser.zero_grad()
        value = loss()
        value.backward()
        return value

    optimiser.step(step)


if __name__ == "__main__":
    main()
