package io.github.tfkfac.models.finetune;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.SavedModelFile;
import io.github.tfkfac.models.train.ClassificationMetrics;
import io.github.tfkfac.models.train.Evaluator;
import io.github.tfkfac.models.train.OptimizerFactory;
import io.github.tfkfac.models.train.SessionThreads;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.models.train.Trainer;
import io.github.tfkfac.models.train.TrainingListener;
import io.github.tfkfac.models.train.TrainingPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A SavedModel with an optimizer in a session. */
final class OpenModel implements AutoCloseable {

  final LoadedModel model;
  final FinetuneGraph graph;
  final Session session;

  private OpenModel(LoadedModel model, FinetuneGraph graph, Session session) {
    this.model = model;
    this.graph = graph;
    this.session = session;
  }

  static OpenModel nkfac(Path folder, FinetuneOptions options, double learningRate) {
    return open(
        folder,
        options,
        trained -> {
          KfacOptions nkfac = KfacOptions.nkfac().withLearningRate(learningRate).withPeriods(2, 4);
          return OptimizerFactory.kfac(nkfac.withTraining(given -> given.withVariables(trained)));
        });
  }

  static OpenModel sgdm(Path folder, FinetuneOptions options, double learningRate) {
    return open(
        folder,
        options,
        trained ->
            graph ->
                new FirstOrder(
                    graph, TrainingOptions.sgdm(learningRate, 0).withVariables(trained)));
  }

  private static OpenModel open(
      Path folder,
      FinetuneOptions options,
      Function<io.github.tfkfac.VariableFilter, OptimizerFactory> optimizers) {
    LoadedModel model = LoadedModel.open(SavedModelFile.read(folder), options.signatures());
    FinetuneGraph graph = FinetuneGraph.build(model, options, optimizers);
    Session session = SessionThreads.single().open(model.graph());
    graph.start(session);
    return new OpenModel(model, graph, session);
  }

  void train(TrainingPlan<BatchPlan> plan, TrainingListener... listeners) {
    new Trainer<>(graph.training(), session, plan, List.of(listeners), new StopSignal()).train();
  }

  ClassificationMetrics evaluate(BatchPlan plan) {
    return new Evaluator<>(graph.training().classifier(), session).evaluate(plan);
  }

  /** The values of the model's float variables by name. */
  Map<String, List<Float>> values() {
    Ops tf = Ops.create(model.graph());
    Map<String, List<Float>> values = new TreeMap<>();
    model
        .graphVariables()
        .forEach(
            (saved, variable) -> {
              if (variable.type().equals(TFloat32.class)) {
                try (Result result = session.runner().fetch(variable.read(tf)).run()) {
                  values.put(saved.name(), ((TFloat32) result.get(0)).streamOfObjects().toList());
                }
              }
            });
    return values;
  }

  static float[][] matrix(Result result) {
    return StdArrays.array2dCopyOf((TFloat32) result.get(0));
  }

  @Override
  public void close() {
    session.close();
    model.close();
  }
}
