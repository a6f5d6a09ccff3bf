"""The measuring of the structure, on small made-up trees."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from setup.lib.structure import neutral, words
from setup.lib.structure.__main__ import main
from setup.lib.structure.arrows import Drawing, draw
from setup.lib.structure.figures import figures
from setup.lib.structure.floors import FLOORS, floor_of
from setup.lib.structure.glossary import ALLOWED, COMMENT, DOC, NAME, RULES, SCOPES, TECHNICAL, UI
from setup.lib.structure.graph import circles
from setup.lib.structure.measurement import measure
from setup.lib.structure.rooms import by_floor, by_folder, by_prefix, has_rooms
from setup.lib.structure.source import production, read

STREAM = """
from odoo import fields, models

class Stream(models.Model):
    _name = "retail.sync.stream"

    def _entity(self):
        return None
"""
INTAKE = """
from odoo import models

class Intake(models.AbstractModel):
    _name = "retail.sync.intake"

    def _take_in(self, records):
        return records
"""
JOBS = """
from odoo import models

class Jobs(models.AbstractModel):
    _name = "retail.sync.inbound.jobs"

    def _job_refresh(self, ids):
        return ids
"""


@pytest.fixture
def tree(tmp_path):
    """Return a function that writes files below an engine's folder and returns the checkout."""

    def write(files: Mapping[str, str] | None = None) -> Path:
        base = {"models/mapping/stream.py": STREAM, "models/inbound/intake.py": INTAKE, "models/inbound/jobs.py": JOBS}
        for name, text in {**base, **(files or {})}.items():
            path = tmp_path / "retail_sync" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write


def drawn(root: Path) -> Drawing:
    return draw(production(read(root)), by_floor)


def upward(root: Path) -> list[tuple[str, str, str]]:
    """Return (kind, source, target) of what runs up, below the engine."""
    return [
        (item.kind, item.source.removeprefix("retail_sync/models/"), item.target.removeprefix("retail_sync/models/"))
        for item in drawn(root).upward
    ]


class TestCallsThatRunUp:
    def test_none_in_a_tree_whose_calls_run_down(self, tree):
        root = tree(
            files={
                "models/inbound/poll.py": "from ..mapping import stream\n"
                "def poll(env):\n    return env['retail.sync.stream'].sudo()._entity(), stream\n"
            }
        )

        found = drawn(root)

        assert found.upward == []
        assert found.arrows == {("models/inbound", "models/mapping"): 2}

    @pytest.mark.parametrize(
        "statement",
        [
            "from ..inbound import intake",
            "from ..inbound.intake import Intake",
            "from odoo.addons.retail_sync.models.inbound import intake",
            "import odoo.addons.retail_sync.models.inbound.intake",
            "def late():\n    from ..inbound import intake",
        ],
    )
    def test_an_import(self, tree, statement):
        assert upward(tree(files={"models/mapping/field_map.py": statement + "\n"})) == [
            ("import", "mapping/field_map.py", "inbound/intake.py")
        ]

    @pytest.mark.parametrize(
        "body",
        [
            "env['retail.sync.intake']._take_in([])",
            "env['retail.sync.intake'].sudo().with_context(a=1)._take_in([])",
            "intake = env['retail.sync.intake'].sudo()\n    intake._take_in([])",
            "tx['retail.sync.intake']._take_in([])",
        ],
    )
    def test_a_method_by_the_name_of_its_model(self, tree, body):
        root = tree(files={"models/mapping/field_map.py": f"def f(env, tx):\n    {body}\n"})

        assert upward(root) == [("call", "mapping/field_map.py", "inbound/intake.py")]

    def test_a_method_that_only_a_higher_room_defines(self, tree):
        root = tree(files={"models/mapping/field_map.py": "def f(anything):\n    anything.intake_id._take_in([])\n"})

        assert upward(root) == [("call", "mapping/field_map.py", "inbound/intake.py")]

    def test_a_public_method_of_what_a_field_points_at(self, tree):
        root = tree(
            files={
                "models/inbound/intake.py": INTAKE + "\n    def start(self):\n        pass\n",
                "models/operations/a.py": "from odoo import fields, models\nclass A(models.Model):\n"
                "    _name = 'retail.sync.a'\n    intake_id = fields.Many2one('retail.sync.intake')\n",
                "models/mapping/field_map.py": "def f(a):\n    for i in a.sudo().intake_id:\n        i.start()\n",
            }
        )

        assert upward(root) == [("call", "mapping/field_map.py", "inbound/intake.py")]

    def test_a_method_of_the_own_model_that_only_a_higher_room_adds(self, tree):
        root = tree(
            files={
                "models/mapping/stream.py": STREAM + "\n    def f(self):\n        self.stop()\n",
                "models/exceptions/stream.py": "from odoo import models\nclass Stream(models.Model):\n"
                "    _inherit = 'retail.sync.stream'\n    def stop(self):\n        pass\n",
            }
        )

        assert upward(root) == [("call", "mapping/stream.py", "exceptions/stream.py")]

    def test_a_class_that_extends_a_model_of_a_higher_room(self, tree):
        text = "from odoo import models\nclass Intake(models.AbstractModel):\n    _inherit = 'retail.sync.intake'\n"

        assert upward(tree(files={"models/links/intake.py": text})) == [
            ("extends", "links/intake.py", "inbound/intake.py")
        ]

    def test_code_below_the_rooms_that_uses_them(self, tree):
        root = tree(
            files={
                "domain/credit.py": "from ..models.mapping import stream\n",
                "runtime/jobs.py": "def f(env):\n    env['retail.sync.stream']._entity()\n",
                "adapter/contract.py": "from ..controllers import webhook\n",
                "controllers/webhook.py": "",
            }
        )

        assert [item.source for item in drawn(root).upward] == [
            "retail_sync/adapter/contract.py",
            "retail_sync/domain/credit.py",
            "retail_sync/runtime/jobs.py",
        ]

    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            ("read", "rows = env['retail.sync.event'].search([])"),
            ("table", "env.cr.execute('SELECT id FROM retail_sync_event WHERE true')"),
            ("field", "x = fields.Many2one('retail.sync.event')"),
            ("field", "x = fields.One2many(comodel_name='retail.sync.event')"),
            ("name", "return {'type': 'ir.actions.act_window', 'res_model': 'retail.sync.event'}"),
        ],
    )
    def test_the_data_of_a_higher_room(self, tree, kind, body):
        event = "from odoo import models\nclass Event(models.Model):\n    _name = 'retail.sync.event'\n"
        root = tree(
            files={"models/inbound/event.py": event, "models/mapping/m.py": f"def f(env, fields):\n    {body}\n"}
        )

        assert upward(root) == [(kind, "mapping/m.py", "inbound/event.py")]

    def test_a_room_that_has_no_floor_is_reported(self, tree):
        root = tree(files={"models/attic/box.py": "BOX = 1\n"})

        assert drawn(root).without_floor == ["models/attic"]


class TestWhatMayRunUp:
    def test_a_hook_that_the_lower_room_declares(self, tree):
        root = tree(
            files={
                "models/mapping/stream.py": STREAM
                + "\n    def _on_stop(self):\n        '''Hook.'''\n"
                + "\n    def stop(self):\n        self._on_stop()\n",
                "models/mapping/field_map.py": "def f(record):\n    record.stream_id._on_stop()\n",
                "models/exceptions/stream.py": "from odoo import models\nclass Stream(models.Model):\n"
                "    _inherit = 'retail.sync.stream'\n    def _on_stop(self):\n        return super()._on_stop()\n",
            }
        )

        found = drawn(root)

        assert found.upward == []
        assert found.room_circles == []

    def test_a_function_that_the_higher_room_registers(self, tree):
        root = tree(
            files={
                "models/runs/job_trigger.py": "KINDS = {}\ndef register(kind, function):\n    KINDS[kind] = function\n",
                "models/inbound/triggers.py": "from ..runs.job_trigger import register\nregister('events', print)\n",
            }
        )

        assert drawn(root).upward == []

    @pytest.mark.parametrize(
        "body",
        [
            "env['retail.sync.inbound.jobs'].with_delay(priority=5)._job_refresh([1])",
            "env['retail.sync.inbound.jobs'].sudo().with_delay()._job_refresh([1])",
            "jobs = env['retail.sync.inbound.jobs'].with_delay()\n    jobs._job_refresh([1])",
            "enqueue(env, 'retail.sync.inbound.jobs', '_job_refresh', [1])",
        ],
    )
    def test_a_queued_job(self, tree, body):
        root = tree(files={"models/links/link.py": f"def f(env, enqueue):\n    {body}\n"})

        found = drawn(root)

        assert found.upward == []
        assert len(found.permitted) == 1

    def test_but_not_a_job_that_is_called_at_once(self, tree):
        root = tree(
            files={"models/links/link.py": "def f(env):\n    env['retail.sync.inbound.jobs']._job_refresh([1])\n"}
        )

        assert upward(root) == [("call", "links/link.py", "inbound/jobs.py")]

    def test_but_not_a_queued_method_of_another_model(self, tree):
        root = tree(
            files={"models/links/link.py": "def f(env):\n    env['retail.sync.intake'].with_delay()._take_in([1])\n"}
        )

        assert upward(root) == [("queued", "links/link.py", "inbound/intake.py")]

    def test_a_read_that_is_on_the_list_with_its_reason(self, tree):
        root = tree(
            files={
                "models/merge/merge.py": "from odoo import models\nclass M(models.Model):\n"
                "    _name = 'retail.sync.merge'\n",
                "models/identity/replay.py": "def f(env):\n    return env['retail.sync.merge'].search([])\n",
            }
        )

        found = drawn(root)

        assert found.upward == []
        assert [item.source for item, _reason in found.permitted] == ["retail_sync/models/identity/replay.py"]

    def test_a_name_that_a_lower_room_defines_as_well(self, tree):
        root = tree(
            files={
                "runtime/rows.py": "class Rows:\n    def _take_in(self):\n        pass\n",
                "models/mapping/field_map.py": "def f(anything):\n    anything._take_in([])\n",
            }
        )

        assert drawn(root).upward == []

    def test_a_method_of_odoo_that_a_higher_room_overrides(self, tree):
        root = tree(
            files={
                "models/inbound/event.py": "from odoo import models\nclass E(models.Model):\n"
                "    _name = 'retail.sync.e'\n    def _read_group(self, *args):\n"
                "        return super()._read_group(*args)\n",
                "models/mapping/field_map.py": "def f(records):\n    records._read_group([])\n",
            }
        )

        assert drawn(root).upward == []


class TestCircles:
    def test_between_rooms_of_one_floor(self, tree):
        root = tree(
            files={
                "models/merge/a.py": "from ..review import b\n",
                "models/review/b.py": "from ..merge import c\n",
                "models/merge/c.py": "",
            }
        )

        found = drawn(root)

        assert found.upward == []
        assert found.room_circles == [["models/merge", "models/review"]]
        assert found.file_circles == []

    def test_of_files_say_whether_they_lie_in_one_room(self, tree):
        root = tree(
            files={
                "models/merge/a.py": "from . import b\n",
                "models/merge/b.py": "from . import a\nfrom ..review import c\n",
                "models/review/c.py": "from . import d\n",
                "models/review/d.py": "from ..merge import e\nfrom . import c\n",
                "models/merge/e.py": "",
            }
        )

        assert [circle.rooms for circle in drawn(root).file_circles] == [("models/merge",), ("models/review",)]

    def test_of_files_across_rooms(self, tree):
        root = tree(
            files={"models/merge/a.py": "from ..review import b\n", "models/review/b.py": "from ..merge import a\n"}
        )

        assert [circle.rooms for circle in drawn(root).file_circles] == [("models/merge", "models/review")]

    def test_a_package_that_loads_its_modules_is_none(self, tree):
        root = tree(
            files={
                "__init__.py": "from . import models\n",
                "models/__init__.py": "from . import mapping\nfrom . import inbound\n",
                "models/mapping/__init__.py": "from . import stream\n",
                "models/mapping/field_map.py": "from . import stream\n",
            }
        )

        found = drawn(root)

        assert found.upward == []
        assert found.room_circles == found.file_circles == []

    def test_components_of_a_graph(self):
        arrows = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e"), ("e", "d"), ("f", "f"), ("e", "g")]

        assert circles(arrows) == [["a", "b", "c"], ["d", "e"]]


class TestRooms:
    def test_of_the_layout_with_rooms(self):
        places = {
            "retail_sync/models/outbox/router.py": "models/outbox",
            "retail_sync/domain/identity/score/model.py": "domain/identity",
            "retail_sync/domain/credit.py": "domain",
            "retail_sync/adapter/contract.py": "adapter",
            "retail_sync/controllers/webhook.py": "controllers",
            "retail_sync/hooks.py": "root",
            "retail_sync/models/__init__.py": "root",
        }

        assert {path: by_floor(path) for path in places} == places
        assert all(floor_of(room) is not None for room in places.values())

    def test_of_the_layout_before(self):
        assert by_folder("retail_sync/services/out_new.py") == "services"
        assert (
            by_prefix("retail_sync/services/merging_undo.py") == by_prefix("retail_sync/models/merging.py") == "merging"
        )

    def test_the_layout_is_recognised(self):
        assert has_rooms(["retail_sync/models/outbox/router.py"])
        assert not has_rooms(["retail_sync/models/backend.py", "retail_sync/domain/identity/names.py"])

    def test_rooms_stand_above_what_all_of_them_use(self):
        rooms = [floor for room, floor in FLOORS.items() if room.startswith("models/")]

        assert 0 == floor_of("domain/merge") < FLOORS["runtime"] < FLOORS["adapter"] <= min(rooms)
        assert max(rooms) < FLOORS["controllers"] < FLOORS["root"]

    def test_tests_and_other_addons_draw_no_arrow(self, tree):
        root = tree(files={"tests/mapping/test_it.py": "from ...models.inbound import intake\n"})
        addon = root / "retail_sync_salesforce" / "models" / "adapter.py"
        addon.parent.mkdir(parents=True)
        addon.write_text("class A:\n    def _only_here(self):\n        pass\n")
        (root / "retail_sync/models/mapping/field_map.py").write_text("def f(x):\n    x._only_here()\n")

        assert drawn(root).arrows == {}


class TestFigures:
    def test_sizes_and_shares(self, tree):
        root = tree(
            files={
                "models/mapping/stream.py": "x = 1\n" * 401,
                "models/mapping/__init__.py": "",
                "models/mapping/shares.py": '"""M."""\n'
                "def typed(a: int) -> int:\n    '''Return a.'''\n    return a\n"
                "def plain(a):\n    return a\n"
                "def _private(a):\n    return a\n",
            }
        )

        found = figures(production(read(root)))

        assert found.longest == ("retail_sync/models/mapping/stream.py", 401)
        assert found.past_soft == found.past_hard == [found.longest]
        assert (found.files, found.folders, found.folder_max) == (4, 2, 2)
        assert (found.returns["retail_sync/models"].count, found.returns["retail_sync/models"].total) == (1, 5)
        # Public are two classes and two functions; one of them says what it does.
        assert (found.documented["all"].count, found.documented["all"].total) == (1, 4)


def found_words(tmp_path: Path, name: str, text: str) -> list[tuple[int, str, str]]:
    """Return (line, what kind of text, word) of what breaks the glossary in one file."""
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    found = words.findings(words.texts(tmp_path, read(tmp_path)))
    return [(item.line, item.scope, item.word) for item in found]


# What kind of text: (file, its text, {line: words of that kind that break the glossary}); all else in it is right.
PLACES = {
    "names": (
        "reader.py",
        "class FlowReader:\n    def read(self, backend_id):\n        workflow = None\n        one = workflow\n",
        {1: [(NAME, "flow")], 2: [(NAME, "backend")], 4: [(NAME, "one")]},
    ),
    "docstrings and comments": (
        "reader.py",
        '"""Reads.\n\nThe platform is told."""\n\nX = "told"  # Nobody mends it.\n',
        {3: [(DOC, "told")], 5: [(COMMENT, "mends"), (COMMENT, "nobody")]},
    ),
    "texts that Python shows": (
        "reader.py",
        'def f(self, _, fields):\n    _("Told by %s")\n    self.env._("Decide")\n'
        '    fields.Char("In step", help="By itself")\n    fields.Selection([("a", "Taken")])\n    print("told")\n',
        {2: [(UI, "told")], 3: [(UI, "decide")], 4: [(UI, "by itself"), (UI, "in step")], 5: [(UI, "taken")]},
    ),
    "screens": (
        "views/a.xml",
        '<odoo>\n<record id="view_flow" model="ir.ui.view"><field name="arch" type="xml">\n<form>\n'
        '<button name="decide" string="Decide"/>\n<p>Somebody decides.</p>\n<!-- In step with Odoo -->\n'
        '<field name="told"/></form></field></record>\n<menuitem id="menu" name="To send"/>\n</odoo>\n',
        {
            2: [(NAME, "flow")],
            4: [(UI, "decide")],
            5: [(UI, "somebody")],
            6: [(COMMENT, "in step")],
            8: [(UI, "to send")],
        },
    ),
    "scripts": (
        "static/src/a.js",
        "const told = 1;\nconst label = _t(\"In step\");\nconst other = _t('Told \\'us\\'');\n",
        {2: [(UI, "in step")], 3: [(UI, "told")]},
    ),
    "models and tables": (
        "reader.py",
        'A = "retail.sync.binding"\nB = "SELECT 1 FROM retail_sync_gate"\nC = "retail.sync.duplicate.group"\n',
        {1: [(TECHNICAL, "retail.sync.binding")], 2: [(TECHNICAL, "retail_sync_gate")]},
    ),
    "a word where the list allows it": ("domain/identity/names.py", "# Twins differ by a letter.\n", {}),
    "the same word elsewhere": ("models/links/link.py", "# The twin of a link.\n", {1: [(COMMENT, "twin")]}),
}


class TestWords:
    @pytest.mark.parametrize(("name", "text", "wrong"), PLACES.values(), ids=PLACES)
    def test_are_found_where_the_glossary_replaces_them(self, tmp_path, name, text, wrong):
        expected = [(line, *item) for line, items in wrong.items() for item in items]

        assert found_words(tmp_path, f"retail_sync/{name}", text) == expected

    def test_the_table_is_well_formed(self):
        assert all(rule.old and rule.say and rule.scopes and set(rule.scopes) <= set(SCOPES) for rule in RULES)
        assert all(item.reason for item in ALLOWED)


class TestNeutral:
    def test_a_platform_in_code_and_screens_of_the_engine_only(self, tree):
        root = tree(
            files={
                "models/mapping/a.py": "SALESFORCE_ID = 1\n",
                "views/a.xml": "<odoo><!-- as Zendesk --></odoo>\n",
                "tests/test_a.py": "# salesforce\n",
                "readme/USAGE.md": "Salesforce\n",
            }
        )

        assert [(item.path, item.word) for item in neutral.platform_names(root)] == [
            ("retail_sync/models/mapping/a.py", "salesforce"),
            ("retail_sync/views/a.xml", "zendesk"),
        ]

    def test_customers_in_rooms_for_all_entities(self, tree):
        root = tree(
            files={
                "models/outbox/a.py": "def f(env):\n    return env['res.partner']\n"
                "P = 'parent_id'\nE = 'an e-mail address'\n",
                "models/links/deferred_parents.py": "DEFERRED_PARENTS = 1\ntransparent = 1\n",
                "models/customer/a.py": "A = 'res.partner'\n",
            }
        )

        code = production(read(root))
        assert [(item.path, item.line) for item in neutral.partner_names(code, by_floor)] == [
            ("retail_sync/models/outbox/a.py", 2)
        ]
        assert [(item.path, item.line) for item in neutral.customer_words(code, by_floor)] == [
            ("retail_sync/models/outbox/a.py", 3)
        ]

    def test_an_adapter_that_reaches_past_the_public_packages(self, tree):
        root = tree()
        path = root / "retail_sync_salesforce" / "models" / "a.py"
        path.parent.mkdir(parents=True)
        path.write_text(
            "from odoo.addons.retail_sync.adapter import Answer\n"
            "from odoo.addons.retail_sync.domain.mapping.encoding import compile_encoder\n"
            "from odoo.addons.retail_sync.runtime.transactions import clock\n"
            "from odoo.addons.retail_sync_salesforce.client import soql\n"
        )

        assert [item.line for item in neutral.private_imports(production(read(root)))] == [3]

    def test_odoo_in_plain_python(self, tree):
        root = tree(
            files={
                "domain/a.py": "import re\nfrom odoo.tools import SQL\n",
                "domain/b.py": "def f():\n    import odoo\n",
                "runtime/a.py": "import odoo\n",
            }
        )

        assert [item.path for item in neutral.impure_imports(production(read(root)))] == [
            "retail_sync/domain/a.py",
            "retail_sync/domain/b.py",
        ]


class TestCommand:
    def test_prints_and_writes_the_measurement_of_either_layout(self, tree, capsys, tmp_path):
        root = tree(files={"models/mapping/field_map.py": "from ..inbound import intake\nbackend = intake\n"})

        assert main(["--root", str(root), "--json", str(tmp_path / "found.json"), "--words", "-1"]) == 0

        printed = capsys.readouterr().out
        assert "retail_sync/models/mapping/field_map.py:1: import" in printed
        assert "retail_sync/models/mapping/field_map.py:2: backend -> connection" in printed
        written = json.loads((tmp_path / "found.json").read_text())
        assert written["layout"] == "rooms"
        assert len(written["rooms"]["upward"]) == written["glossary"]["total"] == 1

    def test_a_tree_without_rooms_has_no_order_to_break(self, tmp_path, capsys):
        for name, text in {
            "models/flow.py": "from ..services import own\n",
            "services/own.py": "from ..models import flow\n",
        }.items():
            path = tmp_path / "retail_sync" / name
            path.parent.mkdir(parents=True)
            path.write_text(text)

        found = measure(tmp_path)

        assert not found.with_rooms
        assert found.rooms.upward == []
        assert found.rooms.room_circles == [["models", "services"]]
        assert found.prefixes is not None and found.prefixes.room_circles == [["flow", "own"]]
        assert main(["--root", str(tmp_path)]) == 0
        assert "no order of rooms exists" in capsys.readouterr().out

    def test_a_folder_that_is_not_there_is_refused(self, tmp_path, capsys):
        with pytest.raises(SystemExit):
            main(["--root", str(tmp_path / "nowhere")])

        assert "is no folder" in capsys.readouterr().err
