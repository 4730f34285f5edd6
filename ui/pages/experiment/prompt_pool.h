// The prompts that an experiment's requests draw from: those of the plan, a pool of the program's
// experiments, or a person's own text.
#pragma once

#include <QStringList>
#include <QWidget>
#include <string>
#include <vector>

class QComboBox;
class QPlainTextEdit;

namespace inferlab {

class PromptPool : public QWidget
{
    Q_OBJECT

public:
    // prompts: of the plan, first in the list of pools.
    explicit PromptPool(const std::vector<std::string> &prompts, QWidget *parent = nullptr);

    // A chosen pool as it is; own text prompt by prompt, an empty line between two of them.
    std::vector<std::string> prompts() const;

    QComboBox *pools() const noexcept { return m_choice; }
    QPlainTextEdit *textEdit() const noexcept { return m_text; }

signals:
    void edited();

private:
    std::vector<std::vector<std::string>> m_pools; // in the order of the list; then own text
    QComboBox *m_choice;
    QPlainTextEdit *m_text;
};

} // namespace inferlab
