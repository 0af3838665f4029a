# SPDX-License-Identifier: GPL-3.0-or-later
# moc follows every #include it can find, and reads half of Qt for each of our headers: half a second.
# It needs none of it: Q_OBJECT and its like it knows by themselves. With our own folders alone, for
# what they declare as types, it writes the same text in 10 ms, but for registering two types of Qt for
# connections by name, which we do not make. Where no shell is, AUTOMOC finds moc itself.
set(CMAKE_AUTOMOC_COMPILER_PREDEFS OFF)
get_target_property(moc Qt6::moc IMPORTED_LOCATION)
if(CMAKE_HOST_UNIX AND moc)
  set(CMAKE_AUTOMOC_EXECUTABLE ${CMAKE_BINARY_DIR}/moc.sh)
  file(CONFIGURE OUTPUT ${CMAKE_AUTOMOC_EXECUTABLE} @ONLY CONTENT [[
#!/bin/sh
for argument do
    shift
    case $argument in
        -I"@CMAKE_SOURCE_DIR@"*) set -- "$@" "$argument" ;;
        -I*) ;;
        *) set -- "$@" "$argument" ;;
    esac
done
exec "@moc@" "$@"
]])
  file(CHMOD ${CMAKE_AUTOMOC_EXECUTABLE} PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
endif()
