// What htmx leaves to us: an upload that shows how far it is, a file that is dropped, an edit that is not saved yet.
// All of it works without this script as well.
(function () {
  "use strict";

  function inWords(bytes) {
    return bytes < 1e5 ? Math.ceil(bytes / 1024) + " KB" : (bytes / 1048576).toFixed(1) + " MB";
  }

  function told(form, sentence) {
    var place = document.getElementById("refusal");
    var alert = document.createElement("div");
    alert.className = "alert alert-danger";
    alert.setAttribute("role", "alert");
    alert.textContent = sentence;
    place.replaceChildren(alert);
  }

  function prepare(form) {
    var line = form.querySelector(".progress-line");
    var bar = line.querySelector("progress");
    var words = line.querySelector("[role=status]");
    var input = form.querySelector("input[type=file]");
    var zone = form.querySelector(".drop-zone");
    var chosen = zone.querySelector("p");

    function shown() {
      var file = input.files[0];
      if (file) chosen.textContent = file.name + "（" + inWords(file.size) + "）";
    }

    input.addEventListener("change", shown);
    ["dragover", "dragleave", "drop"].forEach(function (name) {
      zone.addEventListener(name, function (event) {
        event.preventDefault();
        zone.classList.toggle("over", name === "dragover");
        if (name === "drop" && event.dataTransfer.files.length) {
          input.files = event.dataTransfer.files;
          shown();
        }
      });
    });
    form.addEventListener("htmx:configRequest", function (event) {
      var file = input.files[0];
      if (file && file.size > Number(form.dataset.largest)) {
        event.preventDefault();
        told(form, "文件有 " + inWords(file.size) + "，最大 20 MB。请拆成几个文件分别导入。");
      }
    });
    form.addEventListener("htmx:beforeSend", function () {
      line.hidden = false;
      bar.value = 0;
      words.textContent = "正在上传…";
    });
    form.addEventListener("htmx:xhr:progress", function (event) {
      var sent = event.detail;
      if (!sent.lengthComputable || !sent.total || line.dataset.sent) return;
      bar.value = (100 * sent.loaded) / sent.total;
      words.textContent = "已上传 " + inWords(sent.loaded) + "，共 " + inWords(sent.total);
      if (sent.loaded === sent.total) {
        line.dataset.sent = "yes";
        bar.removeAttribute("value");
        words.textContent = "正在读取…";
      }
    });
    form.addEventListener("htmx:afterRequest", function (event) {
      delete line.dataset.sent;
      var leaving = event.detail.xhr && event.detail.xhr.getResponseHeader("HX-Redirect");
      if (!leaving) line.hidden = true;
    });
    ["htmx:sendError", "htmx:timeout"].forEach(function (name) {
      form.addEventListener(name, function () {
        told(form, "网络断开了，没有传完。文件还在，请再点一次“下一步”。");
      });
    });
    line.querySelector("[data-aborts]").addEventListener("click", function () {
      window.htmx.trigger(form, "htmx:abort");
    });
  }

  // One box that ticks all boxes of a name on this page; it is of no use without a script, and hidden then.
  function prepareAll(root) {
    root.querySelectorAll("[data-selects]").forEach(function (label) {
      label.hidden = false;
      label.querySelector("input").addEventListener("change", function (event) {
        document.getElementsByName(label.dataset.selects).forEach(function (box) {
          box.checked = event.target.checked;
        });
      });
    });
  }

  function unsaved() {
    return document.querySelector("form.editor") !== null;
  }

  document.querySelectorAll("form[data-uploads]").forEach(prepare);
  prepareAll(document);
  document.body.addEventListener("htmx:load", function (event) {
    prepareAll(event.detail.elt);
  });

  document.body.addEventListener("htmx:confirm", function (event) {
    if (!event.detail.elt.matches("[data-imports]") || !unsaved()) return;
    event.preventDefault();
    if (window.confirm("有一道题正在修改，还没有保存。不保存它，继续导入吗？")) event.detail.issueRequest(true);
  });

  // What could not be done, in a sentence of the server's or our own; what the person has typed stays where it is.
  function shout(sentence) {
    var line = document.createElement("button");
    line.type = "button";
    line.className = "shout";
    line.setAttribute("role", "alert");
    line.textContent = sentence + "（点此关闭）";
    line.addEventListener("click", function () {
      line.remove();
    });
    hush();
    document.body.append(line);
  }

  // What was shouted is of the past as soon as the person tries again.
  function hush() {
    document.querySelectorAll(".shout").forEach(function (old) {
      old.remove();
    });
  }

  document.body.addEventListener("htmx:beforeRequest", hush);

  document.body.addEventListener("htmx:responseError", function (event) {
    shout(sentenceOf(event.detail.xhr));
  });
  document.body.addEventListener("htmx:sendError", function (event) {
    if (!event.detail.elt.matches("[data-uploads]")) shout("网络断开了，没有收到回答。填写的内容还在，请再试一次，不会重复执行。");
  });

  function sentenceOf(xhr) {
    var page = new DOMParser().parseFromString(xhr.responseText, "text/html");
    var sentence = page.querySelector("main p");
    return sentence ? sentence.textContent : "没有成功，请刷新页面后再试一次。";
  }
})();
