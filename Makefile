# make         build/tenure
# make run     installs what it needs, builds, and runs the demonstration
# make test    installs what it needs and runs every test
# make check   installs what it needs and runs the quick loop: unit, property, store on SQLite, rules
# make torture installs what the tests need and tortures the program for MINUTES=30
# make bench   installs what the tests need and measures; see bench/README.md
.PHONY: all run test check torture bench format clean web

all: build/build.ninja
	@tools/build.sh build

build/build.ninja: | web
	@echo "configuring build"
	@meson setup build >build-setup.log || { cat build-setup.log; rm -rf build; exit 1; }
	@mv build-setup.log build/setup.log

web:
	@tools/setup.sh web

run:
	@tools/setup.sh run
	@$(MAKE) --no-print-directory all
	@exec build/tenure demo

test:
	@tools/setup.sh test
	@tools/test.sh

check:
	@tools/setup.sh check
	@$(MAKE) --no-print-directory all
	@tools/test.sh quick

torture:
	@tools/setup.sh test
	@$(MAKE) --no-print-directory all
	@/usr/bin/python3 tests/torture/run.py --minutes $(or $(MINUTES),30) $(if $(SEED),--seed $(SEED))

bench:
	@tools/setup.sh test
	@tools/bench.sh

format:
	@tools/setup.sh check
	clang-format -i $$(git ls-files 'src/*.[ch]' 'tests/*.[ch]' 'bench/*.[ch]')

clean:
	rm -rf build build-clang build-bench build-setup.log
