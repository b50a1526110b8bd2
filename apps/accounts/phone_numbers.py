"""Phone numbers as people write them, and in E.164 form."""

import phonenumbers
from django.conf import settings
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from apps.accounts import errors

#: What can take a text message. In some countries the numbers do not tell which phones can.
TEXTABLE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def mobile_number(text: str) -> str:
    """A mobile phone's number in E.164 form; without a country's code it is PHONE_REGION's.

    Raises InvalidPhoneNumber.
    """
    try:
        number = phonenumbers.parse(text, settings.PHONE_REGION)
    except phonenumbers.NumberParseException as error:
        raise errors.InvalidPhoneNumber from error
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise errors.InvalidPhoneNumber
    if phonenumbers.number_type(number) not in TEXTABLE:
        raise errors.InvalidPhoneNumber
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
