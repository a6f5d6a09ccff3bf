from . import desk_consent
