// What the model is asked: chat or raw text, the prompt, and under a fold the system prompt. Says
// at once when the prompt cannot run.
#pragma once

#include <QWidget>

class QLabel;
class QPlainTextEdit;

namespace inferlab {

class FoldSection;
class SegmentedControl;

class PromptEditor : public QWidget
{
    Q_OBJECT

public:
    // More than any model's context, and still quick to lay out.
    static constexpr qsizetype kMaxCharacters = 400'000;

    explicit PromptEditor(QWidget *parent = nullptr);

    QString prompt() const;
    QString systemPrompt() const;
    bool isChat() const;       // chosen, and the model has a template
    bool isChatWanted() const; // chosen, or would be if the model had a template
    void setPrompt(const QString &text);
    void setSystemPrompt(const QString &text);
    void setChat(bool chat);
    // A model without a chat template reads raw text only.
    void setChatAvailable(bool available);

    // The line under the prompt: a fact, or why it cannot run.
    void setHint(const QString &text, bool problem);
    QString hint() const;
    QPlainTextEdit *promptEdit() const noexcept { return m_prompt; }
    QPlainTextEdit *systemEdit() const noexcept { return m_system; }

signals:
    void changed();
    void refused(const QString &line); // a text that was not taken in

private:
    QPlainTextEdit *makeEdit(const QString &name, const QString &placeholder, int lines);
    bool accepts(const QString &text);

    SegmentedControl *m_mode;
    QPlainTextEdit *m_prompt;
    QPlainTextEdit *m_system;
    FoldSection *m_systemFold;
    QLabel *m_hint;
    bool m_chatAvailable = true;
    bool m_chatWanted = false; // while there is no template
};

} // namespace inferlab
