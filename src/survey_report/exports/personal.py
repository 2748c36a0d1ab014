"""Columns that identify a person. They are dropped as soon as a file is read, and their values are never repeated."""

from __future__ import annotations

import re
import unicodedata

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


# Words that stand around what a column asks for, and whose it is.
WORDS_AROUND = """
a an the of and or any if you wish what is are was please enter give type write provide state tell us here optional
voluntary required your my own their his her contact preferred best work personal private full first last complete legal
respondent respondents participant participants person manager managers supervisor supervisors line employee employees
staff member child childs patient patients teacher
bitte geben sie ein freiwillig optional ihr ihre ihren dein deine mein der die das des ist wie lautet angabe
vollstandiger vollstandige person teilnehmer teilnehmerin
votre vos ton mon le la les de du des quel quelle est facultatif optionnel indiquez entrez complet personne
su sus tu mi el los cual es opcional escriba indique completo por favor persona
y et und en e ynghyd
uw je jouw mijn het een wat is vul in vrijwillig optioneel volledige
eich dy dewisol
"""
# In other languages, and as words between others.
WORDS_ASKED = """
name names email emails mail phone telephone mobile postcode address ip birthdate birthday surname forename firstname
lastname fullname familyname
vorname nachname familienname telefon telefonnummer handynummer postleitzahl anschrift adresse geburtsdatum
nom prenom courriel telephone adresse nombre apellido apellidos correo telefono direccion
naam voornaam achternaam telefoonnummer postcode emailadres enw cyfeiriad
"""
# What stands behind these is why somebody is asked, and when.
WHY = re.compile(r"\b(if|so that|so we|to|for|in case|when|falls|wenn|damit|um|fur|pour|si|afin|para|als|om)\b.*$")

AROUND, ASKED = (frozenset(words.split()) for words in (WORDS_AROUND, WORDS_ASKED))


def _letters(name: str) -> str:
    """Letters without case and accents (the form of `spelling` sets accents apart)."""
    return "".join(character for character in spelling(name) if character.isalpha())


KNOWN = frozenset(map(_letters, (*PERSONAL_IMPORT_IDS, *PERSONAL_COLUMNS))) | set(OTHER_NAMES.split())


def is_personal(name: str, import_id: str = "", heading: str = "") -> bool:
    """Whether a column identifies people: by its name, its ImportId, or the heading that stands for its name."""
    return any(_letters(word) in KNOWN or _asks(word) for word in (name, import_id, heading) if word)


def _asks(heading: str) -> bool:
    """Whether a heading asks for a person's name or contact, and says nothing else: `Your name (optional)`.

    What stands between other words, as in `Name of your team`, is no person's.
    """
    plain = "".join(sign for sign in spelling(heading) if not unicodedata.combining(sign))
    plain = re.sub(r"\be-?\s?mails?\b", "email", plain)
    for text in (plain, re.sub(r"\(.*?\)", " ", WHY.sub("", plain))):
        words = re.findall(r"[^\W\d_]+", text)
        left = [word for word in words if word not in AROUND]
        asked = [word for word in words if word in ASKED]
        others = [word for word in left if word not in ASKED]
        if asked and (not others or "".join(left) in KNOWN):
            return True
    return False
