PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help demo test lint docs validation benchmarks cluster clean

help: ## lists the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

.venv/ready: envs/requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r envs/requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

demo: .venv/ready ## writes the synthetic demo cohort as raw files and runs the whole workflow on it
	test -f demo/config.yaml || $(BIN)/der22 demo --out demo
	$(BIN)/snakemake --configfile demo/config.yaml
	@echo "One row per patient:  demo/results/cohort/genomic_risk.tsv"
	@echo "Review of the run:    demo/results/multiqc/multiqc_report.html"
	@echo "Start reading here:   demo/results/index.html"

test: .venv/ready ## runs the whole test suite
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: .venv/ready ## formatting, types, layers, workflow
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint --configfile tests/data/lint/config.yaml

docs: .venv/ready ## builds the documentation into site/, warnings are errors
	$(BIN)/mkdocs build --strict

cluster: .venv/ready ## a demo cohort through a real SLURM on this machine (Debian, root)
	$(BIN)/python tests/cluster/slurm_on_one_machine.py --out docs/cluster.md

clean: ## removes what the targets above made
	rm -rf .venv demo results site .snakemake
