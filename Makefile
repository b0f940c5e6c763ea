# make         build/tenure
# make run     installs what it needs, builds, and runs the demonstration
# make test    installs what it needs and runs every test; T=NAME: those whose name or file contains NAME
# make check   installs what it needs and runs the quick loop: unit, property, store on SQLite, rules
# make torture installs what the tests need and tortures the program for MINUTES=30
# make bench   installs what the tests need and measures; see bench/README.md
# make asan, make tsan       the C tests with sanitizers; make coverage: which lines the tests reach
# make tidy                  clang-tidy
# make test-system           needs root or minutes: a bare Debian, clang-tidy, much torture and fuzzing
# make hooks                 checks format and layers before each commit
.PHONY: all run test check asan tsan coverage tidy test-system hooks torture bench format clean web

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
ifdef T
	@tools/setup.sh test
	@$(MAKE) --no-print-directory all
	@tools/test.py name '$(T)'
else
	@tools/setup.sh test
	@tools/test.py all
endif

check:
	@tools/setup.sh check
	@$(MAKE) --no-print-directory all
	@tools/test.py quick

asan tsan coverage tidy:
	@tools/setup.sh $@
	@tools/test.py $@

test-system:
	@tools/setup.sh tidy
	@tools/test.py system

hooks:
	@tools/hooks/install.sh

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
	rm -rf build build-clang build-tsan build-coverage build-bench build-logs build-setup.log
