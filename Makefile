# Every line is one that a person would type.
PYTHON ?= python3
TEMPLATES = $(shell find templates -name '*.html')
# Models and migrations are compared without asking a server what has run on it; Django would warn that it cannot.
NO_DATABASE = STEPWELL_DATA_DIR=$(CURDIR)/.cache/none
# Secrets that no deployment ever has.
SAMPLE_DEPLOYMENT = STEPWELL_MODE=production ALLOWED_HOSTS=clinic.example \
	SECRET_KEY=$$(.venv/bin/python -c "import secrets; print(secrets.token_urlsafe(64))") \
	FIELD_KEYS=$$(.venv/bin/python -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())") \
	DATABASE_URL="postgresql://stepwell_app@db.example/stepwell?sslmode=verify-full"

.PHONY: run test check bench drill lint-fix routes lock pictures

run: .venv/.runtime
	.venv/bin/python manage.py serve

test: .venv/.tools
	.venv/bin/python scripts/debian_packages.py
	.venv/bin/pytest -n 2 --dist worksteal --fresh-cluster

check: .venv/.tools
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/djlint --lint --quiet templates
	.venv/bin/djade --check --target-version 5.2 $(TEMPLATES)
	STEPWELL_MODE=test .venv/bin/mypy
	.venv/bin/lint-imports
	$(NO_DATABASE) .venv/bin/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(SAMPLE_DEPLOYMENT) .venv/bin/python manage.py check --deploy --fail-level WARNING

bench: .venv/.runtime
	.venv/bin/python -m bench --size $(or $(SIZE),1000)

drill: .venv/.tools
	DRILL_SECONDS=$(or $(SECONDS_OF_KILLS),60) .venv/bin/pytest tests/drills --log-cli-level=INFO

lint-fix: .venv/.tools
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .
	.venv/bin/djade --target-version 5.2 $(TEMPLATES)

routes: .venv/.tools
	$(SAMPLE_DEPLOYMENT) .venv/bin/python manage.py shell --no-imports --command "from tests.architecture import routes; routes.write_for_review()"

pictures: .venv/.tools
	.venv/bin/python scripts/pictures.py

lock: .venv/.tools
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url requirements.in -o requirements.txt
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url requirements-dev.in -o requirements-dev.txt

# Made anew only when a lock is newer than what was installed from it.
.venv/.runtime: requirements.txt
	$(PYTHON) -m venv .venv
	scripts/install.sh .venv/bin/python requirements.txt
	touch .venv/.runtime

.venv/.tools: .venv/.runtime requirements-dev.txt
	scripts/install.sh .venv/bin/python requirements-dev.txt
	touch .venv/.tools
