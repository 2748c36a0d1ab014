"""Columns that identify a person. They are dropped as soon as a file is read, and their values are never repeated."""

from __future__ import annotations

from survey_report.spelling import spelling

# What Qualtrics calls them, in the third header row and in the first.
PERSONAL_IMPORT_IDS = frozenset(
    {
        "ipAddress",
        "recipientLastName",
        "recipientFirstName",
        "recipientEmail",
        "externalDataReference",
        "locationLatitude",
        "locationLongitude",
    }
)
PERSONAL_COLUMNS = frozenset(
    {
        "IPAddress",
        "RecipientLastName",
        "RecipientFirstName",
        "RecipientEmail",
        "ExternalReference",
        "ExternalDataReference",
        "LocationLatitude",
        "LocationLongitude",
    }
)
# What they are called elsewhere, letters only.
OTHER_NAMES = """
name names firstname forename givenname middlename lastname surname familyname fullname yourname respondentname
participantname contactname recipientname username
email emails mail emailaddress mailaddress youremail youremailaddress contactemail workemail respondentemail
participantemail
phone phonenumber telephone telephonenumber tel mobile mobilenumber mobilephone cellphone contactnumber fax
postcode postalcode zip zipcode address homeaddress postaladdress streetaddress street
ip ipaddress ipaddr clientip userip remoteaddr latitude longitude geolocation gps
dateofbirth birthdate birthday dob nationalinsurancenumber ninumber socialsecuritynumber ssn chinumber
vorname nachname emailadresse telefon telefonnummer handynummer postleitzahl plz anschrift ipadresse
nom prenom adressemail courriel telephoneportable codepostal adresseip
nombre apellido apellidos correo correoelectronico telefono codigopostal direccionip
"""


def _letters(name: str) -> str:
    """Letters without case and accents (the form of `spelling` sets accents apart)."""
    return "".join(character for character in spelling(name) if character.isalpha())


KNOWN = frozenset(map(_letters, (*PERSONAL_IMPORT_IDS, *PERSONAL_COLUMNS))) | set(OTHER_NAMES.split())


def is_personal(name: str, import_id: str = "", heading: str = "") -> bool:
    """Whether a column identifies people: by its name, its ImportId, or the heading that stands for its name."""
    return any(_letters(word) in KNOWN for word in (name, import_id, heading) if word)
