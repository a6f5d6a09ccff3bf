"""Adapters of ticket desks: Zendesk and Freshdesk."""

from . import connection
from . import grant
from . import consent
from . import window
from . import adapter
from . import system
from . import declarations
from . import default_streams
from . import reading
from . import deletions
from . import decode
from . import encode
from . import push
from . import bulk
from . import comments_out
from . import webhooks
from . import check
from . import schema
from . import zendesk
from . import freshdesk
from . import thread
from . import walk
from . import comment_files
from . import comments_reported
from . import comments_in
from . import jobs
