# A room is a folder with one static library. Its headers are visible to those who link it and to nobody
# else: each room exports an include folder that holds one link, to itself. So the arrows between rooms
# are the target_link_libraries lines, and an include against them does not build.

function(inferlab_room target)
  cmake_parse_arguments(ROOM "" "PATH" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  set(view "${CMAKE_BINARY_DIR}/rooms/${target}")
  get_filename_component(parent "${view}/${ROOM_PATH}" DIRECTORY)
  file(MAKE_DIRECTORY "${parent}")
  if(NOT EXISTS "${view}/${ROOM_PATH}")
    file(CREATE_LINK "${CMAKE_SOURCE_DIR}/${ROOM_PATH}" "${view}/${ROOM_PATH}" SYMBOLIC)
  endif()
  if(ROOM_SOURCES)
    add_library(${target} STATIC ${ROOM_SOURCES})
    target_include_directories(${target} PUBLIC "${view}")
    target_link_libraries(${target} PUBLIC ${ROOM_PUBLIC} PRIVATE ${ROOM_PRIVATE} inferlab_flags)
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE "${view}")
    target_link_libraries(${target} INTERFACE ${ROOM_PUBLIC})
  endif()
endfunction()

# inferlab_optimise_here(): tests spend their time in what this folder and those below it compile, so a
# development build compiles it like a release. The rest is sooner compiled with little optimisation.
macro(inferlab_optimise_here)
  if(NOT INFERLAB_SANITIZE)
    add_compile_options($<$<AND:$<CONFIG:RelWithDebInfo>,$<COMPILE_LANGUAGE:CXX>>:-O3>)
  endif()
endmacro()

# inferlab_test(NAME SOURCES a.cpp ... LINK room ... [LABELS ...] [TIMEOUT s] [NEEDS_MODEL]): a doctest program,
# one ctest entry; NEEDS_MODEL: skipped (77) where the default model is not there.
# Tests of engine and kernels need no Qt, so that they run where there is none.
function(inferlab_test name)
  cmake_parse_arguments(T "NEEDS_MODEL" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  if(NOT INFERLAB_BUILD_TESTS)
    return()
  endif()
  add_executable(${name} ${T_SOURCES})
  target_link_libraries(${name} PRIVATE ${T_LINK} inferlab_doctest_main inferlab_flags)
  inferlab_register_test(${name} "${T_NEEDS_MODEL}" "${T_TIMEOUT}" "${T_LABELS}")
endfunction()

# The same for a QtTest program (QTEST_MAIN and #include "its_own.moc" in its source); runs offscreen. Without
# AUTOMOC, which scans each target in two steps of their own: for half a hundred tests that took a minute.
function(inferlab_qt_test name)
  cmake_parse_arguments(T "NEEDS_MODEL" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  if(NOT INFERLAB_BUILD_TESTS OR NOT INFERLAB_QT)
    return()
  endif()
  add_executable(${name} ${T_SOURCES})
  foreach(source IN LISTS T_SOURCES)
    file(STRINGS "${source}" wanted REGEX "^#include \"[a-z0-9_]+\\.moc\"")
    if(wanted)
      cmake_path(GET source STEM stem)
      set(moc "${CMAKE_CURRENT_BINARY_DIR}/${stem}.moc")
      qt6_generate_moc("${source}" "${moc}")
      target_sources(${name} PRIVATE "${moc}")
    endif()
  endforeach()
  target_include_directories(${name} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}")
  target_link_libraries(${name} PRIVATE ${T_LINK} Qt6::Test inferlab_flags)
  inferlab_register_test(${name} "${T_NEEDS_MODEL}" "${T_TIMEOUT}" "${T_LABELS}")
  set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT "QT_QPA_PLATFORM=offscreen")
endfunction()

function(inferlab_register_test name needs_model timeout labels)
  target_compile_definitions(${name} PRIVATE
    INFERLAB_FIXTURES="${CMAKE_SOURCE_DIR}/tests/fixtures"
    INFERLAB_TEST_SCRATCH="${CMAKE_BINARY_DIR}/test-scratch")
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}/tests")
  add_test(NAME ${name} COMMAND ${name} $<$<BOOL:${needs_model}>:--needs-default-model>
    COMMAND_EXPAND_LISTS WORKING_DIRECTORY "${CMAKE_BINARY_DIR}")
  set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT "INFERLAB_HISTORY=off") # never the user's own
  if(NOT timeout)
    set(timeout 300)
  endif()
  if(INFERLAB_SANITIZE)
    math(EXPR timeout "4 * ${timeout}") # a sanitizer makes a thread ten times as slow
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${timeout} SKIP_RETURN_CODE 77)
  if(labels)
    set_tests_properties(${name} PROPERTIES LABELS "${labels}")
    foreach(kind address thread)
      if(kind IN_LIST labels)
        add_dependencies(sanitized_${kind} ${name})
      endif()
    endforeach()
  endif()
endfunction()
