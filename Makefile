# Makefile -- builds eqlvm.  `make help` lists every target.
#
# Everything made goes below build/: build/release by default, and beside it
# build/debug, build/asan, build/tsan, build/cov, build/static,
# build/fuzz and build/afl (BUILD=...).
# Put local settings into config.mk (CC = clang, PREFIX = ..., V = 1).  CPPFLAGS,
# CFLAGS, CXXFLAGS and LDFLAGS, from the environment or the command line, come
# after ours, so that they win; WERROR= lets warnings pass.

MAKEFLAGS += --no-builtin-rules
.SECONDARY:
.SUFFIXES:
.DELETE_ON_ERROR:
-include config.mk

BUILD ?= release
B     ?= build/$(BUILD)
GEN   := $(B)/gen
OBJ   := $(B)/obj

CC     ?= gcc
CXX    ?= g++
ifeq ($(origin CC),default)
CC     := gcc
endif
ifeq ($(origin CXX),default)
CXX    := g++
endif
AR     ?= ar
RE2C   ?= re2c
LEMON  ?= lemon
CLANG_FORMAT ?= clang-format-14
INSTALL ?= install
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR ?= $(PREFIX)/share
MANDIR ?= $(DATADIR)/man
V      ?= 0
Q      := $(if $(filter 1,$(V)),,@)
say     = $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' $(1) $(2))

VERSION   := 0.1.0
SOVERSION := 0

# With EQL_DEBUG a run checks at its end that its counts balance.
OPT_release := -O2 -g
OPT_debug   := -O0 -g3 -DEQL_DEBUG
OPT_asan    := -O1 -g -DEQL_DEBUG -fsanitize=address,undefined \
               -fno-sanitize-recover=all -fno-omit-frame-pointer
OPT_tsan    := -O1 -g -DEQL_DEBUG -fsanitize=thread
OPT_cov     := -O0 -g -DEQL_DEBUG --coverage
# For a fuzzer, which brings its own driver (tools/fuzz.sh).  clang calls NULL + 0 an
# overflow of pointers, which gcc and C++ do not.
OPT_fuzz    := -O2 -g -DEQL_DEBUG -fsanitize=fuzzer-no-link,address,undefined \
               -fno-sanitize=vptr,pointer-overflow \
               -fno-sanitize-coverage=trace-cmp \
               -fno-sanitize-recover=all -fno-omit-frame-pointer
OPT_afl     := $(OPT_fuzz)
# One file that needs no library of the machine that it runs on.
OPT_static  := -O2 -g -static
OPT         := $(OPT_$(BUILD))
ifeq ($(strip $(OPT)),)
$(error BUILD=$(BUILD) is not one of release debug asan tsan cov static fuzz afl)
endif

WERROR ?= -Werror
WARN := -Wall -Wextra $(WERROR) -Wshadow -Wconversion -Wstrict-prototypes \
        -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla -Wundef
# Generated parsers and lexers trip the rest through no fault of the grammar.
GENWARN := -Wall $(WERROR) -Wno-unused-parameter -Wno-unused-variable \
           -Wno-unused-function -Wno-unused-but-set-variable -DNDEBUG

INCLUDES := -I. -Iinclude -I$(GEN)
ALL_CPPFLAGS = $(INCLUDES) -D_GNU_SOURCE -MMD -MP $(CPPFLAGS)
ALL_CFLAGS   = -std=c11 -pthread $(OPT) -fPIC -fvisibility=hidden
ALL_CXXFLAGS = -std=c++17 $(OPT) -fPIC -fvisibility=hidden -Wall -Wextra $(WERROR)
ALL_LDFLAGS  = $(filter -fsanitize=% --coverage -static,$(OPT)) $(LDFLAGS)
LIBS     := -lre2 -ljansson -lutf8proc -lz -lzstd -llzma -lstdc++ -lm -pthread

# Rooms of the library, as docs/architecture.md lists them.
LAYERS   := base stdlib program compiler rulefile event \
            io io/format io/input io/json io/fast io/windows \
            vm vm/run vm/eval vm/index vm/filter vm/order vm/state vm/seq vm/group vm/report api
LIB_C    := $(foreach d,$(LAYERS),$(wildcard $(d)/*.c))
LIB_CC   := $(foreach d,$(LAYERS),$(wildcard $(d)/*.cc))
LIB_GEN  := $(GEN)/lexer.c $(GEN)/grammar.c $(GEN)/winevent_mapping.c
LIB_OBJ  := $(LIB_C:%.c=$(OBJ)/%.o) $(LIB_CC:%.cc=$(OBJ)/%.o) \
            $(LIB_GEN:$(GEN)/%.c=$(OBJ)/gen/%.o)
CLI_OBJ  := $(patsubst %.c,$(OBJ)/%.o,$(wildcard cli/*.c))
UNIT     := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))
REF_OBJ  := $(patsubst %.c,$(OBJ)/%.o,$(wildcard tests/reference/ref_*.c))
SELF_OBJ := $(patsubst %.c,$(OBJ)/%.o,$(wildcard tests/reference/selftest*.c))
FUZZ     := $(patsubst tests/fuzz/%.c,$(B)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_JUDGED := rule_events exceptions
CONF_OBJ := $(patsubst %.c,$(OBJ)/%.o,$(wildcard tests/conformance/*.c))
E2E      := $(wildcard tests/e2e/*.sh)

CONFORMANCE := $(B)/conformance

ALL := $(B)/eqlvm $(B)/libeqlvm.a $(CONFORMANCE)
ifneq ($(BUILD),static)
ALL += $(B)/libeqlvm.so
endif

.PHONY: all
all: $(ALL) ## eqlvm, the libraries, the conformance runner (the default)

$(B)/eqlvm: $(CLI_OBJ) $(B)/libeqlvm.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(CONFORMANCE): $(CONF_OBJ) $(B)/libeqlvm.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(B)/libeqlvm.a: $(LIB_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) qcs $@ $^

# Only what the header declares is exported: the C++ libraries behind our shims
# would bring names of theirs along.
$(B)/libeqlvm.so.$(SOVERSION): $(LIB_OBJ) tools/libeqlvm.map
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,libeqlvm.so.$(SOVERSION) \
	    -Wl,--version-script=tools/libeqlvm.map -o $@ $(LIB_OBJ) $(LIBS)

$(B)/libeqlvm.so: $(B)/libeqlvm.so.$(SOVERSION)
	$(Q)ln -sf libeqlvm.so.$(SOVERSION) $@

# --- generated ---

$(GEN)/lexer.c: compiler/lexer.re
	$(call say,RE2C,$<)
	$(Q)mkdir -p $(@D) && $(RE2C) -W -Werror -i --no-generation-date --no-version -o $@ $<

$(GEN)/grammar.c $(GEN)/grammar.h &: compiler/grammar.y
	$(call say,LEMON,$<)
	$(Q)mkdir -p $(@D) && $(LEMON) -q -l -d$(GEN) $<

$(GEN)/winevent_mapping.c: io/windows/winevent.mapping.json tools/embed.sh
	$(call say,EMBED,$<)
	$(Q)mkdir -p $(@D) && sh tools/embed.sh $< eql_winevent_mapping > $@

$(OBJ)/gen/%.o: $(GEN)/%.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(GENWARN) $(CFLAGS) -c -o $@ $<

# --- compiled ---

# Four stores of four bit counts are not to become a vector.
$(OBJ)/io/fast/scan_x86.o: ALL_CFLAGS += -fno-tree-slp-vectorize

$(OBJ)/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(WARN) $(CFLAGS) -c -o $@ $<

$(OBJ)/%.o: %.cc
	$(call say,CXX,$<)
	$(Q)mkdir -p $(@D) && $(CXX) $(ALL_CPPFLAGS) $(ALL_CXXFLAGS) $(CXXFLAGS) -c -o $@ $<

$(OBJ)/compiler/%.o $(OBJ)/tests/unit/%.o $(OBJ)/tests/reference/%.o: | $(GEN)/grammar.h
$(LIB_C:%.c=$(OBJ)/%.o): | $(GEN)/grammar.h

$(B)/tests/%: $(OBJ)/tests/unit/%.o $(B)/libeqlvm.a
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) -o $@ $^ -lcmocka $(LIBS)

# A third opinion of JSON, where the package is there.
$(B)/tests/test_simdjson: $(OBJ)/tests/unit/test_simdjson.o $(OBJ)/tests/support/simdjson.o \
    $(B)/libeqlvm.a
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) -o $@ $^ -lcmocka \
	    $(if $(wildcard /usr/include/simdjson.h /usr/local/include/simdjson.h),-lsimdjson) $(LIBS)

$(B)/tests/reference: $(OBJ)/tests/reference/compare.o $(REF_OBJ) $(B)/libeqlvm.a
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

# The reference alone, without the library.
$(B)/tests/test_reference_selftest: $(SELF_OBJ) \
    $(filter-out %/ref_engine.o %/ref_property.o,$(REF_OBJ))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) -o $@ $^ -lcmocka $(LIBS)

# Fuzz targets as plain programs that replay files (no fuzzer needed), or with
# the driver of a fuzzer.
FUZZ_DRIVER := $(OBJ)/tests/fuzz/replay.o
FUZZ_LIBS   := -lcmocka $(LIBS)
ifneq ($(filter fuzz afl,$(BUILD)),)
FUZZ_DRIVER :=
FUZZ_LIBS   += -fsanitize=fuzzer
endif
$(FUZZ_JUDGED:%=$(B)/tests/fuzz_%): $(REF_OBJ)
$(B)/tests/fuzz_%: $(OBJ)/tests/fuzz/fuzz_%.o $(FUZZ_DRIVER) $(B)/libeqlvm.a
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(B)/libeqlvm.a $(FUZZ_LIBS)

# The mutator of fuzz_image for AFL++.
$(B)/tests/afl_image.so: $(OBJ)/tests/fuzz/afl_image.o $(B)/libeqlvm.a
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(LDFLAGS) -shared -o $@ $^ $(LIBS)

# Memory that is refused (tests/oom): never with a sanitizer's allocator.
OOM := $(B)/tests/oom $(B)/tests/refuse.so

$(B)/tests/oom: tests/oom/oom.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) -std=c11 -D_GNU_SOURCE -O1 -g $(WARN) -o $@ $<

$(B)/tests/refuse.so: tests/oom/refuse.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) -std=c11 -D_GNU_SOURCE -O1 -g $(WARN) -shared -fPIC -o $@ $<

# --- tests ---

TESTS := $(UNIT)
ifneq ($(wildcard tests/reference/selftest.c),)
TESTS += $(B)/tests/test_reference_selftest
endif
RUN_TESTS := EQL_BUILD=$(B) sh tools/run_tests.sh

.PHONY: tests test test-unit test-e2e test-reference test-lines test-faults test-images test-tsan
tests: $(TESTS) $(B)/tests/reference $(OOM) $(FUZZ) $(ALL) ## build every test program

test: tests ## all suites; the last line says N passed, N failed
	$(Q)$(RUN_TESTS) $(TESTS) $(E2E)

test-unit: $(TESTS) ## unit tests and goldens
	$(Q)$(RUN_TESTS) $(TESTS)

test-e2e: $(ALL) $(B)/tests/reference $(OOM) $(FUZZ) ## whole commands: tests/e2e/*.sh
	$(Q)$(RUN_TESTS) $(E2E)

CASES ?= 100000
SEED  ?= 0
test-reference: $(B)/tests/reference ## random cases against the reference: CASES= SEED=
	$(Q)$< $(CASES) $(SEED)

LINES ?= 1000000
test-lines: $(B)/tests/test_reader_lines ## changed lines by all readers and threads: LINES= SEED=
	$(Q)EQL_LINES=$(LINES) EQL_SEED=$(SEED) $<

# Mutants live for seconds: they are compiled faster than the rest.
test-faults: $(B)/tests/reference ## every mutant of tests/mutants must be caught within CASES cases
	$(Q)MUTANT_CC='$(CC) $(filter-out -MMD -MP,$(ALL_CPPFLAGS)) $(ALL_CFLAGS) -O1 -g0 -w' \
	    MUTANT_LINK='$(OBJ)/tests/reference/compare.o $(REF_OBJ) $(B)/libeqlvm.a $(ALL_LDFLAGS) $(LIBS)' \
	    sh tools/check_mutants.sh $(B)/tests/reference $(CASES)

# Of image_mutations, whose share in the suites is small.
IMAGES ?= 200000
test-images: ## IMAGES= re-sealed mutations of an image under ASan: refused, or run clean
	$(Q)$(MAKE) BUILD=asan build/asan/tests/test_image_mutations
	$(Q)EQL_IMAGE_MUTATIONS=$(IMAGES) build/asan/tests/test_image_mutations

TSAN_TESTS := test_threads test_crew
test-tsan: ## what runs on several threads, under ThreadSanitizer
	$(Q)$(MAKE) BUILD=tsan $(TSAN_TESTS:%=build/tsan/tests/%)
	$(Q)EQL_BUILD=build/tsan sh tools/run_tests.sh $(TSAN_TESTS:%=build/tsan/tests/%)

.PHONY: test-oom
test-oom: $(ALL) $(OOM) ## every allocation of every command refused, one after the other
	$(Q)EQL_OOM_RUNS=0 $(RUN_TESTS) tests/e2e/oom.sh

# What CI has no time for.  Each step prints its own summary.
.PHONY: test-full
test-full: test ## what CI leaves out: static build, Debian packages, long random runs; SEED=
	$(Q)$(MAKE) static
	$(Q)EQL_BUILD=build/static sh tools/run_tests.sh tests/e2e/cli.sh tests/e2e/reference.sh
	$(Q)$(MAKE) deb
	$(Q)$(MAKE) test-oom
	$(Q)$(MAKE) test-reference CASES=1000000

.PHONY: check
check: ## build and run the tests of one name, in seconds: T=seq; without T it says how
	$(Q)sh tools/check.sh $(MAKE) $(BUILD) '$(T)'

GOLDEN := $(B)/tests/test_golden_front $(B)/tests/test_golden_back
.PHONY: golden-update
golden-update: $(GOLDEN) $(B)/eqlvm ## rewrite goldens (T=bytecode/alias: one), images to fuzz; review the diff
	$(Q)for t in $(GOLDEN); do \
	    $(if $(T),EQL_GOLDEN=$(T)) EQL_GOLDEN_UPDATE=1 $$t || exit 1; done
ifeq ($(T),)
	$(Q)$(B)/eqlvm compile -o tests/fuzz/corpus/image/shipped.eqlc rules
	$(Q)$(B)/eqlvm compile -o tests/fuzz/corpus/image/constructs.eqlc tests/fuzz/image
endif

FUZZ_TARGET ?= image
FUZZ_ENGINE ?= libfuzzer
SECS        ?= 60
JOBS        ?= 2
FUZZ_NAMES  := $(sort $(FUZZ:$(B)/tests/fuzz_%=%))
.PHONY: fuzz fuzz-long fuzz-coverage
fuzz: ## one fuzz target: FUZZ_TARGET=image SECS=60 FUZZ_ENGINE=libfuzzer|afl
	$(Q)sh tools/fuzz.sh $(FUZZ_ENGINE) $(FUZZ_TARGET) $(SECS)

fuzz-long: SECS := $(if $(filter command% environment%,$(origin SECS)),$(SECS),1800)
fuzz-long: ## all fuzz targets, SECS=1800 each, JOBS=2 at a time; fails on a finding
	$(Q)sh tools/fuzz_long.sh $(SECS) $(JOBS) $(FUZZ_NAMES)

fuzz-coverage: ## lines of each room that the fuzz targets' inputs reach
	$(Q)$(MAKE) BUILD=cov $(FUZZ_NAMES:%=build/cov/tests/fuzz_%)
	$(Q)sh tools/fuzz_coverage.sh build/cov $(FUZZ_NAMES)

# --- benchmarks (benchmarks/README.md) ---

BENCH_OBJ := $(patsubst %,$(OBJ)/benchmarks/%.o,bench corpus lane yardstick)

$(B)/bench: $(BENCH_OBJ) $(B)/libeqlvm.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lsimdjson $(LIBS)

$(B)/%_bench: $(OBJ)/benchmarks/%_bench.o $(B)/libeqlvm.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

BENCH_TOOLS = $(B)/eqlvm $(B)/bench $(patsubst benchmarks/%.c,$(B)/%,\
    $(wildcard benchmarks/*_bench.c))

.PHONY: bench bench-tools
bench: bench-tools ## every figure of benchmarks/README.md, and build/bench.json; BENCH_QUICK=1
	$(Q)sh benchmarks/prepare.sh valgrind
	$(Q)python3 benchmarks/run.py --build $(B)

bench-tools: ## the measuring programs: build/release/bench --help
	$(Q)sh benchmarks/prepare.sh yardstick
	$(Q)$(MAKE) $(BENCH_TOOLS)

.PHONY: bench-instructions
bench-instructions: $(B)/eqlvm ## instructions per byte; fails 3 % above benchmarks/instructions.txt
	$(Q)sh benchmarks/prepare.sh valgrind
	$(Q)python3 benchmarks/instructions.py --build $(B) --check

.PHONY: coverage
coverage: ## line and branch coverage of hand-written code (gcovr or gcov)
	$(Q)$(MAKE) BUILD=cov test
	$(Q)sh tools/coverage.sh build/cov

# --- checks ---

FORMATTED = $(wildcard include/eqlvm/*.h $(foreach d,$(LAYERS) cli tests/unit \
    tests/support tests/reference tests/conformance \
    tests/fuzz benchmarks,$(d)/*.[ch]))

.PHONY: format format-check lint
format: ## clang-format every .c and .h
	$(Q)$(CLANG_FORMAT) -i $(FORMATTED)

format-check: ## fail where `make format` would change something
	$(Q)$(CLANG_FORMAT) --dry-run -Werror $(FORMATTED)

.PHONY: analyze frama-c
analyze: $(GEN)/grammar.h ## gcc -fanalyzer and clang-tidy; what they may say is in tools/analyze.except
	$(Q)sh tools/analyze.sh $(GEN)

frama-c: ## Frama-C's Eva over the verifier's code check and an image's frame; minutes
	$(Q)sh tools/frama_c.sh

lint: format-check $(B)/libeqlvm.a ## layers, symbols, sizes, citations, image tables, paths in documents, mutants apply, format
	$(Q)sh tools/check_layers.sh
	$(Q)sh tools/check_symbols.sh $(B)/libeqlvm.a
	$(Q)sh tools/check_sizes.sh
	$(Q)sh tools/check_citations.sh
	$(Q)sh tools/check_tables.sh
	$(Q)sh tools/check_paths.sh
	$(Q)sh tools/check_mutants.sh

# --- installing ---

D := $(DESTDIR)
DIRS = $(BINDIR) $(LIBDIR)/pkgconfig $(INCLUDEDIR)/eqlvm $(MANDIR)/man1 \
    $(DATADIR)/bash-completion/completions $(DATADIR)/zsh/site-functions \
    $(DATADIR)/fish/vendor_completions.d
INSTALLED = $(BINDIR)/eqlvm $(LIBDIR)/libeqlvm.a $(LIBDIR)/libeqlvm.so \
    $(LIBDIR)/libeqlvm.so.$(SOVERSION) $(INCLUDEDIR)/eqlvm/eqlvm.h \
    $(LIBDIR)/pkgconfig/eqlvm.pc $(MANDIR)/man1/eqlvm.1 \
    $(DATADIR)/bash-completion/completions/eqlvm \
    $(DATADIR)/zsh/site-functions/_eqlvm \
    $(DATADIR)/fish/vendor_completions.d/eqlvm.fish

.PHONY: docs static install uninstall deb
MADE_DOCS = $(B)/eqlvm.1 $(B)/completions/eqlvm.bash $(B)/completions/_eqlvm \
    $(B)/completions/eqlvm.fish
docs: $(MADE_DOCS) ## man page and completions, made from the tables of options

$(B)/eqlvm.1: $(B)/eqlvm docs/eqlvm.head.1 docs/eqlvm.tail.1
	$(Q){ sed 's/@VERSION@/$(VERSION)/' docs/eqlvm.head.1 && \
	    $(B)/eqlvm --generate man && cat docs/eqlvm.tail.1; } > $@

$(B)/completions/eqlvm.bash: $(B)/eqlvm
	$(Q)mkdir -p $(@D) && $(B)/eqlvm --generate complete-bash > $@

$(B)/completions/_eqlvm: $(B)/eqlvm
	$(Q)mkdir -p $(@D) && $(B)/eqlvm --generate complete-zsh > $@

$(B)/completions/eqlvm.fish: $(B)/eqlvm
	$(Q)mkdir -p $(@D) && $(B)/eqlvm --generate complete-fish > $@

static: ## build/static/eqlvm: one file, no shared libraries
	$(Q)$(MAKE) BUILD=static build/static/eqlvm

# Takes PREFIX, BINDIR, LIBDIR, INCLUDEDIR, DATADIR, MANDIR and DESTDIR.
install: all docs ## program, library, header, man page, completions into PREFIX
	$(Q)$(INSTALL) -d $(DIRS:%=$(D)%)
	$(Q)$(INSTALL) -m 755 $(B)/eqlvm $(D)$(BINDIR)/eqlvm
	$(Q)$(INSTALL) -m 644 $(B)/libeqlvm.a $(D)$(LIBDIR)/libeqlvm.a
	$(Q)$(INSTALL) -m 755 $(B)/libeqlvm.so.$(SOVERSION) $(D)$(LIBDIR)/libeqlvm.so.$(SOVERSION)
	$(Q)ln -sf libeqlvm.so.$(SOVERSION) $(D)$(LIBDIR)/libeqlvm.so
	$(Q)$(INSTALL) -m 644 include/eqlvm/eqlvm.h $(D)$(INCLUDEDIR)/eqlvm/eqlvm.h
	$(Q)sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
	    -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' -e 's|@VERSION@|$(VERSION)|' \
	    tools/eqlvm.pc.in > $(D)$(LIBDIR)/pkgconfig/eqlvm.pc
	$(Q)$(INSTALL) -m 644 $(B)/eqlvm.1 $(D)$(MANDIR)/man1/eqlvm.1
	$(Q)$(INSTALL) -m 644 $(B)/completions/eqlvm.bash \
	    $(D)$(DATADIR)/bash-completion/completions/eqlvm
	$(Q)$(INSTALL) -m 644 $(B)/completions/_eqlvm $(D)$(DATADIR)/zsh/site-functions/_eqlvm
	$(Q)$(INSTALL) -m 644 $(B)/completions/eqlvm.fish \
	    $(D)$(DATADIR)/fish/vendor_completions.d/eqlvm.fish
	$(Q)sh tools/after_install.sh '$(D)' '$(LIBDIR)' '$(BINDIR)'

uninstall: ## what install put there
	rm -f $(INSTALLED:%=$(D)%)
	rmdir $(D)$(INCLUDEDIR)/eqlvm 2>/dev/null || true

deb: ## Debian packages of HEAD in build/deb, checked by lintian
	$(Q)sh tools/make_deb.sh $(VERSION)

.PHONY: clean help
clean: ## remove build/
	rm -rf build

help: ## this list
	@echo 'make [TARGET] [BUILD=release|debug|asan|tsan|cov|static] [V=1]'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | \
	    awk -F'|' '{printf "  %-16s %s\n", $$1, $$2}'

-include $(shell find $(OBJ) -name '*.d' 2>/dev/null)
