// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeySequence>
#include <QString>
#include <QWidget>

#include <functional>

class QAbstractButton;
class QDialog;

namespace mayday::journeys {

/// Drives a real window as a person does: keys, clicks, typing, looking. Ends the program with a
/// picture of what was there when something does not come true in time.
class WindowDriver final {
public:
    WindowDriver(QWidget &window, QString pictureFolder);

    /// Says what happens next, with the time since the start.
    void say(const QString &step) const;
    /// Saves what is on the screen: "03-broken.png". Dialogues are in it.
    void picture(const QString &name);
    void waitFor(const QString &what, const std::function<bool()> &isTrue,
                 int milliseconds = 30000);
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier);
    void type(const QString &text);
    /// A visible, enabled button whose text begins so, anywhere in the window or its dialogue.
    void click(const QString &beginning);
    [[nodiscard]] bool sees(const QString &beginningOfButton) const;
    [[nodiscard]] QDialog *dialog() const;
    [[nodiscard]] int pictures() const { return m_number; }
    [[noreturn]] void fail(const QString &why);

private:
    [[nodiscard]] QAbstractButton *button(const QString &beginning) const;

    QWidget &m_window;
    QString m_folder;
    int m_number = 0;
    qint64 m_start;
};

} // namespace mayday::journeys
