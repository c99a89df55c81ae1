package io.github.tfkfac.tools.run;

import io.github.tfkfac.VariableFilter;
import io.github.tfkfac.models.finetune.FinetuneGraph;
import io.github.tfkfac.models.finetune.FinetuneOptions;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.SavedModelFile;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.models.train.OptimizerFactory;
import io.github.tfkfac.models.train.TrainingGraph;
import java.util.Optional;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/**
 * The network of a run with its optimizer in a graph of its own.
 *
 * @param graph the graph
 * @param training what a trainer needs
 * @param savedModel the SavedModel that it comes from, if it does
 */
public record OpenNetwork(
    Graph graph, TrainingGraph<TFloat32> training, Optional<FinetuneGraph> savedModel)
    implements AutoCloseable {

  /** A network that is built. */
  static OpenNetwork of(ClassifierSpec<TFloat32> spec, OptimizerFactory optimizer) {
    Graph graph = new Graph();
    try {
      return new OpenNetwork(graph, TrainingGraph.build(graph, spec, optimizer), Optional.empty());
    } catch (RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  /** A network that is loaded. */
  static OpenNetwork of(
      SavedModelSettings settings,
      FinetuneOptions options,
      Function<VariableFilter, OptimizerFactory> optimizers) {
    LoadedModel model =
        LoadedModel.open(SavedModelFile.read(settings.folder()), options.signatures());
    try {
      FinetuneGraph finetuning = FinetuneGraph.build(model, options, optimizers);
      return new OpenNetwork(model.graph(), finetuning.training(), Optional.of(finetuning));
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** Sets every variable of a new session to its initial value. */
  public void start(Session session) {
    if (savedModel.isPresent()) {
      savedModel.get().start(session);
    } else {
      session.initialize();
    }
  }

  @Override
  public void close() {
    graph.close();
  }
}
