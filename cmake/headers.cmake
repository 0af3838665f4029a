# SPDX-License-Identifier: GPL-3.0-or-later
# What nearly every file includes, parsed once: a third to a half of the time a module takes to
# compile, and a fifth of clang-tidy's. Of our own headers only the ground, Task<T> with Result<T>;
# the others change. Each target has a kind:
#   hot    has much to compute
#   cold   has little: MAYDAY_COLD_FLAGS apply, for nobody waits for it
#   ui     cold, and includes QtWidgets
# By Clang only: GCC takes such headers for the very same definitions and flags alone, and says so.
set(MAYDAY_COLD_FLAGS "" CACHE STRING "Compiler flags for what has little to compute: -O0")

file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/anchor.cpp
  CONTENT "// The one source of targets that consist of headers.\n" @ONLY)

set(mayday_core_headers
  <QByteArray> <QCryptographicHash> <QDateTime> <QDir> <QElapsedTimer> <QFile> <QFileInfo> <QFuture>
  <QFutureWatcher> <QHash> <QJsonArray> <QJsonDocument> <QJsonObject> <QList> <QLocale> <QMap>
  <QObject> <QPromise> <QRegularExpression> <QSet> <QString> <QStringList> <QThreadPool> <QTimer>
  <QTimeZone> <QUrl>
  <algorithm> <array> <atomic> <chrono> <condition_variable> <cstring> <deque> <expected>
  <functional> <map> <memory> <mutex> <optional> <span> <stop_token> <string> <string_view> <thread>
  <utility> <variant> <vector>
  ${CMAKE_SOURCE_DIR}/app/core/task.h)
set(mayday_widget_headers
  <QAbstractTableModel> <QAction> <QApplication> <QBoxLayout> <QClipboard> <QFrame>
  <QItemSelectionModel> <QKeyEvent> <QLabel> <QLineEdit> <QPainter> <QPointer> <QPushButton>
  <QScrollArea> <QTableView> <QWidget>)

# mayday_header_target(name FLAGS ... LIBRARIES ... HEADERS ...)
function(mayday_header_target name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "FLAGS;LIBRARIES;HEADERS")
  add_library(${name} STATIC ${CMAKE_BINARY_DIR}/anchor.cpp)
  target_link_libraries(${name} PRIVATE mayday_flags Qt6::Core ${arg_LIBRARIES})
  target_compile_options(${name} PRIVATE ${arg_FLAGS})
  target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
  # Parsed headers name their own folder, which a compiler cache leaves out of its key: a second
  # checkout would be given the first one's, and refuse them once that is gone.
  set_target_properties(${name} PROPERTIES AUTOMOC OFF AUTORCC OFF CXX_COMPILER_LAUNCHER "")
endfunction()

# mayday_kind(target KIND): its flags, and the headers it need not parse.
function(mayday_kind target kind)
  if(NOT kind STREQUAL "hot")
    target_compile_options(${target} PRIVATE ${MAYDAY_COLD_FLAGS})
  endif()
  if(TARGET mayday_${kind}_headers)
    target_precompile_headers(${target} REUSE_FROM mayday_${kind}_headers)
  endif()
endfunction()

if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  mayday_header_target(mayday_hot_headers HEADERS ${mayday_core_headers})
  mayday_header_target(mayday_cold_headers
    FLAGS ${MAYDAY_COLD_FLAGS} HEADERS ${mayday_core_headers})
  if(MAYDAY_UI)
    mayday_header_target(mayday_ui_headers
      FLAGS ${MAYDAY_COLD_FLAGS} LIBRARIES Qt6::Widgets Qt6::Svg
      HEADERS ${mayday_core_headers} ${mayday_widget_headers})
  endif()
endif()
