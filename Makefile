# Every line is one that a person would type.
PYTHON ?= python3

.PHONY: run test check lint-fix lock

run: .venv/.runtime
	.venv/bin/python manage.py serve

test: .venv/.tools
	.venv/bin/python scripts/debian_packages.py
	.venv/bin/pytest -n 2 --fresh-cluster

check: .venv/.tools
	.venv/bin/python scripts/check.py

lint-fix: .venv/.tools
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .
	git ls-files -z 'templates/*.html' | xargs -0 .venv/bin/djade --target-version 5.2

lock:
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url requirements.in -o requirements.txt
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url requirements-dev.in -o requirements-dev.txt

# Made anew only when a lock is newer than what was installed from it.
.venv/.runtime: requirements.txt
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch .venv/.runtime

.venv/.tools: .venv/.runtime requirements-dev.txt
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch .venv/.tools
