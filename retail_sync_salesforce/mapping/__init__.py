"""How the objects of Salesforce stand for canonical entities."""

from . import transforms
