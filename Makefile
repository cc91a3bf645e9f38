# Each target is one line over launch.py, which makes what it needs first. ARGS go on to the command.
PYTHON ?= python3
LAUNCH := $(PYTHON) launch.py
.DEFAULT_GOAL := help
.PHONY: help demo test check conformance sandbox year import-kills bench-reads bench-import migration schema mappings permissions settings lock

help:        ; @$(LAUNCH) help
demo:        ; @$(LAUNCH) demo $(ARGS)
test:        ; @$(LAUNCH) test $(ARGS)
check:       ; @$(LAUNCH) check $(ARGS)
conformance: ; @$(LAUNCH) conformance $(ARGS)
sandbox:     ; @$(LAUNCH) sandbox $(ARGS)
year:        ; @$(LAUNCH) year $(ARGS)
import-kills:; @$(LAUNCH) import-kills $(ARGS)
bench-reads: ; @$(LAUNCH) bench-reads $(ARGS)
bench-import:; @$(LAUNCH) bench-import $(ARGS)
migration:   ; @$(LAUNCH) migration "$(ARGS)"
schema:      ; @$(LAUNCH) schema $(ARGS)
mappings:    ; @$(LAUNCH) mappings $(ARGS)
permissions: ; @$(LAUNCH) permissions $(ARGS)
settings:    ; @$(LAUNCH) settings $(ARGS)
lock:        ; @$(LAUNCH) lock $(ARGS)
