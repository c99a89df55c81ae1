package io.github.tfkfac.models.finetune;

import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.VariableFilter;
import io.github.tfkfac.internal.state.OrderedOps;
import io.github.tfkfac.models.finetune.FinetunedClassifier.Feed;
import io.github.tfkfac.models.layer.ClassificationLoss;
import io.github.tfkfac.models.layer.ParameterStore;
import io.github.tfkfac.models.layer.SigmoidCrossEntropy;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.LoadedSignature;
import io.github.tfkfac.models.savedmodel.ModelExport;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import io.github.tfkfac.models.train.OptimizerFactory;
import io.github.tfkfac.models.train.Pass;
import io.github.tfkfac.models.train.TrainingGraph;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/**
 * A SavedModel with a loss and a training step.
 *
 * <pre>{@code
 * FinetuneOptions options = FinetuneOptions.defaults();
 * try (LoadedModel model = LoadedModel.open(SavedModelFile.read(folder), options.signatures())) {
 *   FinetuneGraph graph = FinetuneGraph.build(model, options, KfacOptions.nkfac());
 *   try (Session session = new Session(model.graph())) {
 *     graph.start(session);
 *     new Trainer<>(graph.training(), session, plan, listeners, stop).train();
 *     graph.export(session, target);
 *   }
 * }
 * }</pre>
 *
 * @param model the model; stays the caller's
 * @param training what a trainer needs
 * @param logits what the model predicts, of the new head if there is one
 * @param ownLogits what the model predicted before it got a new head
 * @param head the variables of the new head, if there is one
 */
public record FinetuneGraph(
    LoadedModel model,
    TrainingGraph<TFloat32> training,
    Operand<? extends TNumber> logits,
    Output<?> ownLogits,
    Optional<ParameterStore<?>> head) {

  /**
   * Adds a loss and a training step to a model's graph.
   *
   * @param model opened with {@link FinetuneOptions#signatures()}
   * @param optimizers makes the optimizer that may train the variables it is told
   * @throws SavedModelException if the model has no logits or takes no images, or if a pattern
   *     matches none of its variables
   * @throws IllegalStateException if the loss trains no variable
   */
  public static FinetuneGraph build(
      LoadedModel model,
      FinetuneOptions options,
      Function<VariableFilter, OptimizerFactory> optimizers) {
    VariableFilter trained = FrozenVariables.trained(model, options.frozen());
    TrainedTypes.require(model, trained, options);
    Output<?> own = Logits.of(model, options);
    return build(model, options, own, ClassScores.lossType(own), optimizers.apply(trained));
  }

  /** The same with K-FAC, which trains the variables that both sets of options allow. */
  public static FinetuneGraph build(LoadedModel model, FinetuneOptions options, KfacOptions kfac) {
    return build(
        model,
        options,
        trained ->
            OptimizerFactory.kfac(kfac.withVariables(kfac.training().variables().and(trained))));
  }

  private static <T extends TNumber> FinetuneGraph build(
      LoadedModel model,
      FinetuneOptions options,
      Output<?> own,
      Class<T> type,
      OptimizerFactory optimizers) {
    Ops tf = Ops.create(model.graph()).withSubScope("finetune");
    Output<? extends TNumber> images = SignatureInputs.images(model);
    InputLayout layout = InputLayout.of(images);
    Optional<NewHead<T>> head =
        options.head().map(classes -> NewHead.of(model, type, classes, options.seed()));
    ClassScores<T> scores = scores(tf, model, options, own, type, head);
    int classes = scores.classes();
    Operand<TFloat32> labels =
        tf.withName("labels")
            .placeholder(
                TFloat32.class, Placeholder.shape(Shape.of(layout.shape().get(0), classes)));
    List<Feed> feeds = new ArrayList<>(List.of(new Feed(images, labels)));
    Pass<TFloat32> inference = withStateUpdates(tf, model, scores.pass(tf, labels));
    Optional<LoadedSignature> other = trainingSignature(model, options);
    ClassScores<T> trained = scores;
    Pass<TFloat32> counted = inference;
    if (other.isPresent()) {
      Output<?> ofTraining = Logits.of(model, other.get(), options.loss());
      trained = scores(tf, model, options, ofTraining, type, head);
      counted = trained.pass(tf, labels);
    }
    Operand<? extends TNumber> loss = trained.loss(tf, labels);
    if (options.lossSignature().isPresent()) {
      SignatureInputs inputs = SignatureInputs.of(model, options.lossSignature().get(), classes);
      feeds.add(new Feed(inputs.images(), inputs.labels()));
      loss = inputs.loss();
    }
    Pass<TFloat32> pass =
        new Pass<>(
            counted.logits(),
            ClassScores.cast(tf, loss, TFloat32.class),
            ClassScores.cast(tf, loss, TFloat64.class),
            counted.correct());
    TrainingOptimizer optimizer = optimizers.create(model.graph(), trained::predicted);
    LoadedSignature computed =
        options.lossSignature().map(model::signature).or(() -> other).orElseGet(model::signature);
    model.stateUpdates(computed).ifPresent(optimizer::attach);
    Op step = optimizer.minimize(loss, "train");
    FinetunedClassifier classifier =
        new FinetunedClassifier(
            model.file().folder().toString(),
            feeds,
            labels,
            inference,
            layout,
            classes,
            settings(options, classes));
    return new FinetuneGraph(
        model,
        new TrainingGraph<>(classifier, pass, optimizer, step, Checkpoint.of(model.graph())),
        scores.logits(),
        own,
        head.map(NewHead::store));
  }

  private static <T extends TNumber> ClassScores<T> scores(
      Ops tf,
      LoadedModel model,
      FinetuneOptions options,
      Output<?> own,
      Class<T> type,
      Optional<NewHead<T>> head) {
    return new ClassScores<>(
        options.loss(),
        head.isPresent() ? head.get().logits(tf, model, own) : ClassScores.matrix(tf, own, type));
  }

  /**
   * Whether a model's first signature takes images and its outputs show the logits of a loss, so
   * that {@link #build} need not be told which.
   */
  public static boolean classifies(LoadedModel model, ClassificationLoss loss) {
    return SignatureInputs.takesImages(model.signature()) && Logits.exist(model, loss);
  }

  /**
   * Description of the loss that training minimizes and of its logits, in a few words.
   *
   * @throws SavedModelException if the model has no logits
   */
  public static String objective(LoadedModel model, FinetuneOptions options) {
    Output<?> own = Logits.of(model, options);
    String loss =
        options
                .lossSignature()
                .map(name -> "loss of the signature '" + name + "', evaluated by the ")
                .orElse("")
            + (options.loss() instanceof SigmoidCrossEntropy ? "sigmoid" : "softmax")
            + " cross-entropy of '"
            + TensorOrigin.name(own)
            + "'"
            + options.head().map(classes -> " with a new head of " + classes).orElse("");
    return loss + TrainedTypes.untrained(model).map(half -> "; " + half).orElse("");
  }

  private static Optional<LoadedSignature> trainingSignature(
      LoadedModel model, FinetuneOptions options) {
    if (options.mode() == FinetuneOptions.Mode.INFERENCE) {
      return Optional.empty();
    }
    if (model.trainingSignature().isEmpty()) {
      throw SavedModelException.of(
          model.file().folder(),
          "a model with a function for training, to be trained in the mode 'training'",
          "none: " + model.modes().statement(),
          "train it in the mode 'inference'");
    }
    return model.trainingSignature();
  }

  /** An evaluation that changes what a call of the signature changes, as serving does. */
  private static Pass<TFloat32> withStateUpdates(Ops tf, LoadedModel model, Pass<TFloat32> pass) {
    return model
        .stateUpdates(model.signature())
        .map(
            updates ->
                new Pass<>(
                    pass.logits(),
                    pass.loss(),
                    OrderedOps.after(tf, List.of(updates)).identity(pass.lossValue()),
                    pass.correct()))
        .orElse(pass);
  }

  private static Map<String, String> settings(FinetuneOptions options, int classes) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("run.signature", options.signature());
    settings.put("run.classes", Integer.toString(classes));
    options.logits().ifPresent(name -> settings.put("run.logits", name));
    options.lossSignature().ifPresent(name -> settings.put("run.loss_signature", name));
    options.head().ifPresent(head -> settings.put("run.head_seed", Long.toString(options.seed())));
    settings.put("run.mode", options.mode().name().toLowerCase(Locale.ROOT));
    settings.put("run.frozen", options.frozen().toString());
    if (options.loss() instanceof SigmoidCrossEntropy) {
      settings.put("run.loss", "sigmoid");
    }
    settings.put("run.label_smoothing", Double.toString(options.loss().labelSmoothing()));
    return settings;
  }

  /**
   * Writes the model with the session's values as a SavedModel; with a new head, its first
   * signature alone, as a plain graph.
   *
   * @param target a new folder
   * @throws SavedModelException if it cannot be written; then there is nothing at the target
   */
  public void export(Session session, Path target) {
    export(session, target, ModelExport.Existing.REJECT);
  }

  /**
   * The same where a SavedModel may be in the way.
   *
   * @param existing what to do with a SavedModel that is there
   * @throws SavedModelException if it cannot be written; what was there before is left alone
   */
  public void export(Session session, Path target, ModelExport.Existing existing) {
    if (head.isPresent()) {
      ModelExport.writeGraph(
          model, session, List.of(NewHead.signature(model, ownLogits, logits)), target, existing);
    } else {
      ModelExport.write(model, session, target, existing);
    }
  }

  /**
   * Sets every variable of a new session to its initial value, the model's own to the saved ones.
   */
  public void start(Session session) {
    session.initialize();
    model.restore(session);
  }
}
