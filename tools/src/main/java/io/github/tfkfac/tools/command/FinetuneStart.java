package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.train.ClassificationMetrics;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.render.Quantities;
import io.github.tfkfac.tools.run.ClassEvaluation;
import io.github.tfkfac.tools.run.DataSettings;
import io.github.tfkfac.tools.run.OpenNetwork;
import io.github.tfkfac.tools.run.RunSettings;
import io.github.tfkfac.tools.run.SavedModelSettings;
import io.github.tfkfac.tools.run.SavedModelSettings.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A SavedModel before it is trained further.
 *
 * @param statement how it is trained
 * @param evaluation how well it does on the test images
 */
record FinetuneStart(Statement statement, ClassEvaluation evaluation) {

  /** Looks at the model and says what was seen. */
  static FinetuneStart of(
      RunSettings settings, DataSettings.Loaded images, OpenNetwork network, Console console) {
    Statement statement = requireSavedModel(settings).statement(network.savedModel().orElseThrow());
    console.err().println(settings.model() + ": " + statement.modes());
    console.err().println(settings.model() + ": " + statement.objective());
    console.err().flush();
    FinetuneStart start =
        new FinetuneStart(statement, ClassEvaluation.ofStart(settings, images, network));
    console
        .err()
        .printf(
            Locale.ROOT,
            "before training: test accuracy %s, test loss %.4f%n",
            Quantities.accuracy(start.evaluation().accuracy()),
            start.evaluation().loss());
    console.err().flush();
    return start;
  }

  /** What a report says of the training. */
  List<String> remarks() {
    return List.of(
        "The model was %s. Training minimized the %s."
            .formatted(statement.modes(), statement.objective()));
  }

  /** Rejects the run of a network that was not loaded. */
  static SavedModelSettings requireSavedModel(RunSettings settings) {
    return settings
        .savedModel()
        .orElseThrow(
            () ->
                new UserError(
                    "expected a run of 'kfac finetune', found one of the network "
                        + settings.model()
                        + "; resume with 'kfac train --resume'"));
  }

  /** Warning about a training after which fewer test images are classified correctly. */
  Optional<String> warning(ClassificationMetrics after) {
    return RunState.warning(evaluation.accuracy(), after.accuracy());
  }
}
