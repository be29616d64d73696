# Makefile -- builds eqlvm.  `make help` lists every target.
MAKEFLAGS += --no-builtin-rules
-include config.mk

BUILD    ?= release
B        ?= build/$(BUILD)
GEN      := $(B)/gen
CC       ?= gcc
CXX      ?= g++
AR       ?= ar
RE2C     ?= re2c
LEMON    ?= lemon
PREFIX   ?= /usr/local
V        ?= 0
Q        := $(if $(filter 1,$(V)),,@)

OPT_release := -O2 -g
OPT_debug   := -O0 -g3
OPT_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
OPT_tsan    := -O1 -g -fsanitize=thread
OPT_cov     := -O0 -g --coverage
OPT         := $(OPT_$(BUILD))
$(if $(OPT),,$(error BUILD=$(BUILD) is not one of release debug asan tsan cov))

WARN := -Wall -Wextra -Werror -Wshadow -Wconversion -Wstrict-prototypes \
        -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla -Wundef
# Generated parsers and lexers trip these through no fault of the grammar.
GENWARN := -Wall -Wextra -Werror
CPPFLAGS += -I. -Iinclude -I$(GEN) -D_GNU_SOURCE
CFLAGS   += -std=c11 $(OPT) -fPIC -fvisibility=hidden -ffunction-sections
CXXFLAGS += -std=c++17 $(OPT) -fPIC -fvisibility=hidden -Wall -Wextra -Werror
LDLIBS   += -ljansson -lutf8proc -lz -lzstd -llzma -lstdc++ -lm
LDFLAGS  += $(filter -fsanitize=% --coverage,$(OPT))
