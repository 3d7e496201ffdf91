PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help demo test lint docs validation reproduction speed scale faults cluster clean

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
	$(BIN)/python -m pytest -q tests/test_lint.py

docs: .venv/ready ## builds the documentation into site/, warnings are errors
	$(BIN)/mkdocs build --strict

validation: .venv/ready ## measures each analysis on simulated (and, where given, real) files
	$(BIN)/python benchmarks/mlpa/validate.py --out docs/validation/mlpa.md
	$(BIN)/python benchmarks/sanger/validate.py --out docs/validation/sanger.md
	$(BIN)/python benchmarks/mrd/validate.py --out docs/validation/mrd.md

reproduction: demo ## compares the demo cohort with the printed numbers of the trial
	$(BIN)/python benchmarks/cohort/reproduce.py --results demo/results --out docs/reproduction.md

speed: .venv/ready ## times the analyses file by file and run by run
	$(BIN)/python benchmarks/speed/run.py --out docs/speed.md

scale: .venv/ready ## times cohorts of growing size; SIZES="100 1000 10000" takes most of an hour
	$(BIN)/python benchmarks/scale/run.py --patients $(or $(SIZES),63 100 1000) --work build/scale --out docs/scale.md

faults: .venv/ready ## 10,000 spoiled inputs for every reader, kills, a full disk
	$(BIN)/python tests/faults/fault_table.py --inputs 10000 --out docs/faults.md
	$(BIN)/python tests/faults/kill_runs.py --kills 5

cluster: .venv/ready ## a demo cohort through a real SLURM on this machine (Debian, root)
	$(BIN)/python tests/cluster/slurm_on_one_machine.py --out docs/cluster.md

clean: ## removes what the targets above made
	rm -rf .venv demo results site .snakemake
