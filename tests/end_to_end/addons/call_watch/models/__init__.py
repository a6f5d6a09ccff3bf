from . import call_watch
