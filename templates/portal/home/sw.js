{% load static ui %}const SETTINGS = {% worker_json %};
importScripts("{% static 'js/help_worker.js' %}");
