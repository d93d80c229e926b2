"""Messages that customers of a clothing shop might write, made from a seed: sentences with slots, moods and typos."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from types import MappingProxyType

CONCEPTS = ("order", "return", "size", "praise", "complaint")
"""What a message is about: the reason why it was written, whatever else it mentions."""

FROZEN_SEED = 90210
"""Of the messages on which figures are measured; no model is trained or tuned on them."""


@dataclass(frozen=True, slots=True)
class Message:
    """A text of one to six sentences, and what it is about: one of CONCEPTS."""

    text: str
    concept: str


def messages(seed: int, count: int) -> list[Message]:
    """So many messages, no text twice; the same for the same seed, and the first ones whatever the count."""
    chance = Random(seed)  # noqa: S311 # for variety, not for secrets
    made: dict[str, Message] = {}
    while len(made) < count:
        one = _message(chance)
        made.setdefault(one.text, one)
    return list(made.values())


_ASPECTS = MappingProxyType(
    {
        "order": (
            "Where is my order?",
            "My order {number} has not arrived yet.",
            "The tracking page has said the same thing for {days} days.",
            "Could you tell me when the parcel will be here?",
            "Can I still change the delivery address?",
            "Please send it to my work address instead, if it has not left yet.",
            "I would like to add {a} {item} to order {number}.",
            "Has {this} {item} been sent yet?",
            "The confirmation email never came, did my order go through?",
            "When will the {colour} {item} be back in stock?",
            "I was charged twice for order {number}.",
            "The courier says the parcel is at the depot.",
            "I need it before {day}, is express delivery possible?",
            "Do you deliver to {place}?",
            "Can I pick up the parcel in the shop in {place}?",
            "My discount code did not work at the checkout.",
            "I only got part of my order, the {item} {is} missing.",
            "Is it possible to cancel order {number} before it ships?",
            "Which courier do you use?",
            "The invoice for order {number} is not in my account.",
        ),
        "return": (
            "I would like to send the {item} back.",
            "How do I return {this} {item}?",
            "Where can I find a return label?",
            "How long do I have to return something?",
            "I sent the parcel back {days} days ago and have had no refund yet.",
            "Please refund me for the {item}.",
            "Can I swap the {colour} {item} for another colour?",
            "Do I have to pay the postage if I send it back?",
            "I no longer need the {item}, so I would like my money back.",
            "Can I bring the {item} back to the shop in {place}?",
            "Is an exchange possible without the receipt?",
            "I threw the box away, can I still return it?",
            "The return form asks for a code I do not have.",
            "The refund went to an old card.",
            "I ordered two and want to give one back.",
            "My return has been on its way since {day}.",
            "May I return {a} {item} from the sale?",
            "Please tell me when you have received my return.",
            "A gift voucher instead of a refund would be fine too.",
            "I changed my mind about the {colour} {item}.",
        ),
        "size": (
            "Which size should I take?",
            "I usually wear {size}, is that right for the {item}?",
            "{This} {item} {is} too tight for me.",
            "The {item} {runs} small.",
            "I am {height} cm tall, will {a} {size} be long enough?",
            "Is there a size chart for the {item}?",
            "How wide {is} the {item} at the widest point?",
            "{They} {is} far too long on me.",
            "I am between {size} and the next size up.",
            "{Is} the {item} cut loose or slim?",
            "The {size} is somewhat big on me.",
            "Do you also have {this} {item} in {size}?",
            "What is the length of the {item} in {size}?",
            "I measured {chest} cm all around, what would you recommend?",
            "Does the fabric shrink in the wash or can I take my normal size?",
            "After one wash the {item} came out a size smaller.",
            "My daughter is {age}, which size fits her?",
            "{Is} the {item} true to size?",
            "I took {size} and could hardly close the zip.",
            "Is the fit the same as last year?",
        ),
        "praise": (
            "I love the {item}!",
            "The {colour} {item} {is} simply beautiful.",
            "Thank you so much for the quick help.",
            "Best {item} I have ever bought.",
            "It arrived in {days} days, wonderful!",
            "The quality is so much better than I expected.",
            "Everyone asks me where I got the {item}.",
            "Your team in {place} was really kind.",
            "The fabric feels lovely and soft.",
            "I am very happy with everything.",
            "Perfect fit and such a nice colour.",
            "I will certainly order from you again.",
            "What a pretty parcel, it felt like a present.",
            "Five stars from me.",
            "My {relative} wears the {item} every day and is delighted.",
            "Just wanted to say that your shop is great.",
            "Great service, please keep it up.",
            "Even after {days} washes the {item} {looks} like new.",
            "I am impressed how well the {item} {is} made.",
            "The little handwritten card made my day.",
        ),
        "complaint": (
            "The {item} arrived with a hole in the seam.",
            "I am really disappointed.",
            "A button came off on the first day.",
            "The colour has nothing to do with the photo.",
            "Nobody answers the phone.",
            "This is the third time that something goes wrong.",
            "The zip of the {item} broke after {days} days.",
            "The parcel was left in the rain and everything was wet.",
            "The {item} {smells} of chemicals.",
            "I waited {days} days for an answer, that is not acceptable.",
            "The stitching is poor and threads hang out everywhere.",
            "You sent me the wrong {item}.",
            "There was a stain on the {colour} {item}.",
            "The man in your shop in {place} was rude to me.",
            "For {price} euros I expect better quality.",
            "The dye came off and ruined my other clothes.",
            "What a waste of money.",
            "The box was torn and half open.",
            "I will not buy here again.",
            "A seam came open after one walk.",
        ),
    }
)

_CONTEXT = (
    "I bought the {item} last {day}.",
    "It is a present for my {relative}.",
    "I ordered {a} {colour} {item} in {size}.",
    "I have been a customer for {age} years.",
    "My order number is {number}.",
    "I found you through a friend in {place}.",
    "The {item} came on {day}.",
    "I wore it once so far.",
    "It cost {price} euros.",
    "I already wrote to you on {day}.",
)
_GREETINGS = ("Hello,", "Hi,", "Hi there,", "Dear team,", "Good morning,", "Good evening,", "Hey,", "Hello again,")
_BRIDGES = ("Also,", "By the way,", "One more thing:", "And", "Apart from that,", "Besides,", "Oh and")
_CLOSINGS = (
    "Thanks!", "Thank you.", "Many thanks, {name}", "Best wishes, {name}", "Regards, {name}", "Kind regards", "{name}",
    "Please let me know.", "Looking forward to your answer.", "Have a nice day!",
)  # fmt: skip

_SINGULAR = (
    "shirt", "linen shirt", "skirt", "pleated skirt", "denim skirt", "jumper", "coat", "dress", "blouse", "jacket",
    "T-shirt", "raincoat", "cardigan", "hoodie",
)  # fmt: skip
_PLURAL = ("jeans", "shorts", "trousers", "chinos", "leggings", "dungarees", "running shorts")
_COLOURS = ("blue", "dark green", "black", "white", "red", "grey", "striped", "checked", "yellow", "navy", "beige")
_SIZES = ("S", "M", "L", "XL", "XS", "36", "38", "40", "42", "44", "W32", "W34")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PLACES = ("Leeds", "Ghent", "Lyon", "Porto", "Graz", "Aarhus", "Bremen", "Krakow", "Bergen", "Turin")
_RELATIVES = ("sister", "mother", "son", "father", "wife", "husband", "niece", "best friend", "grandmother")
_NAMES = ("Anna", "Tom", "Mrs Okafor", "Jo Lind", "Maria", "Piotr", "Yusuf", "Chloe", "Sam Martin", "Ines", "Ben")

_MIXED = 0.28
"""Share of messages that say as much of a second thing: their words do not tell which was the reason."""
_ASIDE = 0.25
"""Share of messages that mention a second thing in passing."""
_URGENCY = ("complaint", "return", "order", "size", "praise")
"""Of two things that take as much room, the one that comes first here is the likelier reason."""
_URGED = 0.75
"""How often it is."""


def _message(chance: Random) -> Message:
    concept, other = chance.sample(CONCEPTS, 2)
    kind = chance.random()
    if kind < _MIXED:
        concept, other = sorted((concept, other), key=_URGENCY.index, reverse=chance.random() > _URGED)
    room = chance.choice((1, 1, 2)) if kind < _MIXED else chance.choice((1, 2, 2, 3))
    main = chance.sample(_ASPECTS[concept], room)
    aside = chance.sample(_ASPECTS[other], room if kind < _MIXED else int(kind < _MIXED + _ASIDE))
    said = [main, aside] if kind >= _MIXED or chance.random() < 0.5 else [aside, main]
    text = _letter(chance, *said).format_map(_slots(chance))
    return Message(_as_typed(chance, text), concept)


def _letter(chance: Random, first: list[str], second: list[str]) -> str:
    """Two groups of sentences as one letter, the slots still open."""
    if second and chance.random() < 0.4:
        second = [f"{chance.choice(_BRIDGES)} {_lowered(second[0])}", *second[1:]]
    sentences = [*first, *second]
    if chance.random() < 0.5:
        sentences.insert(0, chance.choice(_CONTEXT))
    if chance.random() < 0.4:
        sentences[0] = f"{chance.choice(_GREETINGS)} {_lowered(sentences[0])}"
    if chance.random() < 0.4:
        sentences.append(chance.choice(_CLOSINGS))
    return " ".join(sentences)


def _slots(chance: Random) -> dict[str, str]:
    """Words for the slots of one message: it is about one item, and verbs agree with that."""
    plural = chance.random() < 0.4
    if plural:
        agreeing = ("these", "they", "are", "run", "look", "smell")
    else:
        agreeing = ("this", "it", "is", "runs", "looks", "smells")
    this, they, be, runs, looks, smells = agreeing
    return {
        "item": chance.choice(_PLURAL if plural else _SINGULAR),
        "a": "a pair of" if plural else "a",
        "this": this, "This": this.title(), "they": they, "They": they.title(), "is": be, "Is": be.title(),
        "runs": runs, "looks": looks, "smells": smells,
        "colour": chance.choice(_COLOURS), "size": chance.choice(_SIZES), "day": chance.choice(_DAYS),
        "place": chance.choice(_PLACES), "relative": chance.choice(_RELATIVES), "name": chance.choice(_NAMES),
        "number": str(chance.randint(10_000, 99_999)), "days": str(chance.randint(2, 21)),
        "height": str(chance.randint(152, 198)), "chest": str(chance.randint(84, 118)),
        "age": str(chance.randint(3, 14)), "price": str(chance.randint(19, 189)),
    }  # fmt: skip


def _lowered(sentence: str) -> str:
    """A sentence as it goes on after a comma; "I" stays, and a slot takes its word in small letters."""
    at = int(sentence.startswith("{"))
    return sentence if sentence.startswith("I ") else sentence[:at] + sentence[at].lower() + sentence[at + 1 :]


def _as_typed(chance: Random, text: str) -> str:
    """As people type: some without capitals, some in a hurry."""
    if chance.random() < 0.12:
        text = text.lower()
    if chance.random() < 0.08:
        text = text.replace(".", "...").replace("!", "!!!")
    for _ in range(chance.choice((0, 0, 0, 1, 1, 2))):
        text = _slipped(chance, text)
    return text


def _slipped(chance: Random, text: str) -> str:
    """One slip of the finger inside a word: two letters change places, one is lost or comes twice."""
    places = [at for at in range(1, len(text) - 1) if text[at - 1 : at + 2].isalpha()]
    at = chance.choice(places)
    first, second = text[at], text[at + 1]
    return text[:at] + chance.choice((second + first, second, first * 2 + second)) + text[at + 2 :]
