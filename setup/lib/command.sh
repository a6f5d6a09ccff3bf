# Read by each command of setup/: hands over to the Python module in "$1" with the first Python that is new enough.
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 2
for python in python3 python3.13 python3.12 python3.11 python3.10 /usr/bin/python3; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; then
        export PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}"
        # Every start of a server compiles thousands of modules, for seconds, where Python may not keep what it compiled.
        export PYTHONPYCACHEPREFIX="$root/.local/pycache"
        unset PYTHONDONTWRITEBYTECODE
        exec "$python" -m "$@"
    fi
done
echo "Python 3.10 or later is needed and none was found; on Debian or Ubuntu: apt-get install python3" >&2
exit 2
