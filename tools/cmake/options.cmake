# Language level, warnings, sanitizers and hardening for every target of the project.

option(GATEHOUSE_TESTS "Build the tests" ON)
option(GATEHOUSE_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
set(GATEHOUSE_SANITIZE "" CACHE STRING "Sanitizers, for example address,undefined or thread")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()

# Linking is memory-hungry: one link at a time on a small machine.
set_property(GLOBAL PROPERTY JOB_POOLS link=1)
set(CMAKE_JOB_POOL_LINK link)

add_library(gatehouse_options INTERFACE)
add_library(gatehouse::options ALIAS gatehouse_options)
target_include_directories(gatehouse_options INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(gatehouse_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
    -Wold-style-cast -Woverloaded-virtual -Wnull-dereference -Wimplicit-fallthrough -Werror
    -fstack-protector-strong -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 sees null dereferences and uninitialised reads inside inlined library code and coroutine frames that are none.
    target_compile_options(gatehouse_options INTERFACE
        -Wno-null-dereference -Wno-maybe-uninitialized -fcf-protection -fstack-clash-protection)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(gatehouse_options INTERFACE -Wno-unused-command-line-argument)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
    target_compile_definitions(gatehouse_options INTERFACE _FORTIFY_SOURCE=2)
endif()

if(CMAKE_UNITY_BUILD)
    # Eight sources in one go read the headers once, which more than halves a build. Private names of different sources meet then: what
    # shadows or looks odd only because of that is no news, and dev and fuzz, which compile each source alone, would say so otherwise.
    target_compile_options(gatehouse_options INTERFACE -Wno-shadow -Wno-subobject-linkage)
endif()

find_program(MOLD mold)
if(MOLD)
    target_link_options(gatehouse_options INTERFACE -fuse-ld=mold)
endif()
target_link_options(gatehouse_options INTERFACE -Wl,-z,relro,-z,now)

if(GATEHOUSE_SANITIZE)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU") # with sanitizers g++ 12 takes the frames of coroutines for mismatched memory
        target_compile_options(gatehouse_options INTERFACE -Wno-mismatched-new-delete)
    endif()
    target_compile_options(gatehouse_options INTERFACE -fsanitize=${GATEHOUSE_SANITIZE} -fno-sanitize-recover=all)
    target_link_options(gatehouse_options INTERFACE -fsanitize=${GATEHOUSE_SANITIZE})
endif()
if(GATEHOUSE_FUZZ)
    # clang 14 cannot put the check of function types into coroutines ("difference across sections").
    target_compile_options(gatehouse_options INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=function)
    target_link_options(gatehouse_options INTERFACE -fsanitize=address,undefined)
endif()

# gatehouse_alone(a.cpp ...): sources of this folder whose private names another one has too, so that they are compiled alone.
function(gatehouse_alone)
    set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# gatehouse_library(NAME SOURCES a.cpp ... LINK targets ...): a static library of one folder, named gatehouse_NAME.
function(gatehouse_library name)
    cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
    add_library(gatehouse_${name} STATIC ${arg_SOURCES})
    add_library(gatehouse::${name} ALIAS gatehouse_${name})
    target_link_libraries(gatehouse_${name} PUBLIC gatehouse::options ${arg_LINK})
endfunction()
