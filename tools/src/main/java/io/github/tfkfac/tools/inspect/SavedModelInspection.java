package io.github.tfkfac.tools.inspect;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.VariableFilter;
import io.github.tfkfac.internal.graph.LayerScanner;
import io.github.tfkfac.internal.graph.TrainableVariables;
import io.github.tfkfac.models.finetune.FinetuneGraph;
import io.github.tfkfac.models.finetune.FinetuneOptions;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import io.github.tfkfac.models.savedmodel.SavedModelFile;
import io.github.tfkfac.models.train.OptimizerFactory;
import io.github.tfkfac.tools.inspect.Inspection.Subject;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TFloating;

/** Looks at a SavedModel as K-FAC would train it. */
public final class SavedModelInspection {

  private SavedModelInspection() {}

  /**
   * Builds the model with its optimizer and looks at them: on the cross-entropy of its logits, or,
   * where a signature has none, as if its floating-point outputs were losses.
   *
   * @param batch examples per step, where the model does not say how many
   * @param name of the optimizer
   * @throws SavedModelException if the model cannot be loaded or has no floating-point output
   * @throws IllegalStateException if there is nothing to train
   */
  public static Inspection of(
      Path folder, FinetuneOptions options, int batch, String name, KfacOptions kfac) {
    Inspection.requirePositive(batch);
    try (LoadedModel model = LoadedModel.open(SavedModelFile.read(folder), options.signatures())) {
      return options.logits().isPresent() || FinetuneGraph.classifies(model, options.loss())
          ? ofClassifier(model, options, batch, name, kfac)
          : ofOutputs(model, batch, name, kfac);
    }
  }

  private static Inspection ofClassifier(
      LoadedModel model, FinetuneOptions options, int batch, String name, KfacOptions kfac) {
    FinetuneGraph graph =
        FinetuneGraph.build(
            model, options, trained -> OptimizerFactory.kfac(training(kfac, trained)));
    return Inspection.of(
        subject(model, List.of(graph.ownLogits()), batch, name),
        kfac,
        (Kfac) graph.training().optimizer());
  }

  private static Inspection ofOutputs(LoadedModel model, int batch, String name, KfacOptions kfac) {
    List<Output<?>> outputs =
        model.signature().outputs().values().stream()
            .filter(output -> TFloating.class.isAssignableFrom(output.type()))
            .toList();
    if (outputs.isEmpty()) {
      throw SavedModelException.of(
          model.file().folder() + ", signature '" + model.signature().spec().name() + "'",
          "a floating-point output",
          "the outputs " + model.signature().outputs().keySet(),
          "choose another signature");
    }
    Subject subject = subject(model, outputs, batch, name);
    LayerScanner.Scan scan =
        LayerScanner.scan(
            TrainableVariables.find(model.graph(), outputs, model.trainableFilter(), List.of()),
            outputs,
            weight -> true);
    if (scan.sites().isEmpty()) {
      return Inspection.of(
          subject, kfac, scan.report().entries(), List.of(), new KeptState(Map.of()).need());
    }
    Kfac optimizer = new Kfac(model.graph(), training(kfac, model.trainableFilter()));
    optimizer.minimize(outputs);
    return Inspection.of(subject, kfac, optimizer);
  }

  private static KfacOptions training(KfacOptions kfac, VariableFilter trained) {
    return kfac.withTraining(given -> given.withVariables(trained));
  }

  private static Subject subject(
      LoadedModel model, Collection<? extends Output<?>> outputs, int batch, String name) {
    Map<String, Output<?>> inputs = model.signature().inputs();
    long fixed =
        inputs.values().stream()
            .map(Output::shape)
            .filter(shape -> shape.numDimensions() > 1 && shape.get(0) != Shape.UNKNOWN_SIZE)
            .mapToLong(shape -> shape.get(0))
            .findFirst()
            .orElse(batch);
    return new Subject(
        "%s (%s)"
            .formatted(
                model.file().folder().toAbsolutePath().normalize().getFileName(),
                model.signature().spec().name()),
        inputs.entrySet().stream()
            .map(entry -> (entry.getKey() + " " + text(entry.getValue().shape())).strip())
            .collect(Collectors.joining(", ")),
        Math.toIntExact(outputs.stream().mapToLong(output -> perExample(output.shape())).sum()),
        Math.toIntExact(fixed),
        name);
  }

  private static String text(Shape shape) {
    return shape.isUnknown()
        ? ""
        : Arrays.stream(shape.asArray())
            .mapToObj(size -> size == Shape.UNKNOWN_SIZE ? "N" : String.valueOf(size))
            .collect(Collectors.joining("x"));
  }

  /** Numbers for one example, as far as they are known. */
  private static long perExample(Shape shape) {
    long count = 1;
    for (int i = 1; i < shape.numDimensions(); i++) {
      count *= Math.max(1, shape.get(i));
    }
    return count;
  }
}
