package io.github.tfkfac.tools.run;

import io.github.tfkfac.models.finetune.FinetuneGraph;
import java.nio.file.Path;
import org.tensorflow.Session;

/** Writes what a run made of a SavedModel. */
public final class FinetunedExport {

  private FinetunedExport() {}

  /**
   * Writes the model as a checkpoint has it.
   *
   * @param target a new folder
   * @throws io.github.tfkfac.models.savedmodel.SavedModelException if it cannot be written; then
   *     there is nothing at the target
   */
  public static void write(ClassificationRun run, Path checkpoint, Path target) {
    try (OpenNetwork network = run.settings().open(run.images());
        Session session = run.settings().sessionThreads().open(network.graph())) {
      FinetuneGraph finetuning = network.savedModel().orElseThrow();
      network.start(session);
      network.training().checkpoint().restore(session, checkpoint);
      finetuning.export(session, target);
    }
  }
}
