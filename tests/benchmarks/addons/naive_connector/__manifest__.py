{
    "name": "Naive connector",
    "summary": "Benchmark only: a job, a call, a search and a write per record",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Retail Sync",
    "license": "LGPL-3",
    "depends": ["contacts", "queue_job"],
    "external_dependencies": {"python": ["requests"]},
    "data": ["security/ir.model.access.csv"],
    "installable": True,
}
