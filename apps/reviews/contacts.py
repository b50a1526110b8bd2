"""Ways to reach somebody that stand in a text: links, mail addresses, phone numbers."""

import re

#: Each part is bounded, so that no text takes long. Seven digits, however they are parted.
PHONE = r"(?:\d[\s().\-/]{0,3}){6}\d"
EMAIL = r"\S\s?(?:@|\(at\)|\[at\])\s?\S{1,80}\.\w{2}"
LINK = r"https?:|www\.|\bt\.me\b"
ENDINGS = "com|net|org|info|biz|io|me|co|app|shop|online|site|africa"
COUNTRIES = "za|ke|ng|kg|ru|fr|uk|de|eu"
NAME = rf"\b[\w-]{{2,60}}\.(?:{ENDINGS}|(?:(?:co|com|org|net)\.)?(?:{COUNTRIES}))\b"
CONTACT = re.compile("|".join((PHONE, EMAIL, LINK, NAME)), re.IGNORECASE)


def names_contact(*texts: str) -> bool:
    """Whether a text says where somebody is reached besides the platform."""
    return any(CONTACT.search(text) for text in texts)
