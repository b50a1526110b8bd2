"""Ways to reach somebody that stand in a text: links, mail addresses, phone numbers."""

import re

#: Seven digits or more, however they are parted, and whatever stands before the first.
PHONE = r"(?:\d[\s().\-/]{0,3}){6,}\d"
EMAIL = r"\S+\s?(?:@|\(at\)|\[at\])\s?\S+\.\w{2,}"
LINK = r"https?:|www\.|\b[\w-]{2,}\.(?:com|net|org|info|biz|io|me|co|app|shop|online|site|africa)\b"
COUNTRY = r"\b[\w-]{2,}\.(?:co|com|org|net)?\.?(?:za|ke|ng|kg|ru|fr|uk|de|eu)\b"
CONTACT = re.compile("|".join((PHONE, EMAIL, LINK, COUNTRY)), re.IGNORECASE)


def names_contact(*texts: str) -> bool:
    """Whether a text says where somebody is reached besides the platform."""
    return any(CONTACT.search(text) for text in texts)
