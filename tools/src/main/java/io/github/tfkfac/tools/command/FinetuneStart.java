package io.github.tfkfac.tools.command;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.run.ClassEvaluation;
import io.github.tfkfac.tools.run.DataSettings;
import io.github.tfkfac.tools.run.RunSettings;
import java.util.Locale;

/**
 * A SavedModel before it is trained further.
 *
 * @param modes in which mode it is trained, and which it has
 * @param evaluation how well it does on the test images
 */
record FinetuneStart(String modes, ClassEvaluation evaluation) {

  /** Looks at the model and says what was seen. */
  static FinetuneStart of(RunSettings settings, DataSettings.Loaded images, Console console) {
    String modes =
        settings
            .savedModel()
            .orElseThrow(
                () ->
                    new UserError(
                        "expected a run of 'kfac finetune', found one of the network "
                            + settings.model()
                            + "; go on with 'kfac train --resume'"))
            .modeStatement();
    console.err().println(settings.model() + ": " + modes);
    console.err().flush();
    FinetuneStart start = new FinetuneStart(modes, ClassEvaluation.ofStart(settings, images));
    console.err().printf(Locale.ROOT, "before training: test accuracy %.2f %%%n", start.percent());
    console.err().flush();
    return start;
  }

  double percent() {
    return 100 * evaluation.accuracy();
  }
}
